package studio.ozone.zsei.tika.internal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.SourceException.Code;
import studio.ozone.api.zsei.Sources.Heading;
import studio.ozone.zsei.sources.Extractor.Extraction;

/** One running reader, and the talk with it. Not thread-safe, but for {@link #close()}, which ends a talk that goes on. */
final class ReaderProcess implements AutoCloseable {

    private static final String MAIN = "studio.ozone.zsei.tika.reader.Reader";

    private final Process process;
    private final DataOutputStream requests;
    private final DataInputStream answers;

    ReaderProcess(String classPath, int heapMb, Path scratch) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMb + "m", "-Xss2m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "-Djava.awt.headless=true", "-Dpdfbox.fontcache=" + scratch, "-Djava.io.tmpdir=" + scratch, "-cp", classPath, MAIN);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        this.process = builder.start();
        this.requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        this.answers = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    }

    boolean alive() {
        return process.isAlive();
    }

    /** @throws IOException if the process has gone */
    Extraction extract(Path file, String kind, int maxChars) throws IOException, SourceException {
        requests.writeUTF(file.toString());
        requests.writeUTF(kind);
        requests.writeInt(maxChars);
        requests.flush();
        if (answers.readByte() != 0) {
            throw new SourceException(Code.valueOf(answers.readUTF()), file + " " + answers.readUTF());
        }
        String title = text();
        String text = text();
        List<Heading> headings = new ArrayList<>();
        for (int left = answers.readInt(); left > 0; left--) {
            headings.add(new Heading(answers.readInt(), text(), answers.readInt()));
        }
        return new Extraction(title, text, List.copyOf(headings));
    }

    private String text() throws IOException {
        int length = answers.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        answers.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
