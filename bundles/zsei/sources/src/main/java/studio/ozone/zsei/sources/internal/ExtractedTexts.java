package studio.ozone.zsei.sources.internal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.zsei.Sources.Heading;
import studio.ozone.zsei.sources.Extractor.Extraction;

/**
 * Texts as extracted, kept on disk by the hash of the file they come from, so that a citation from a PDF is checked without
 * extracting it again. Derived: whatever is lost or unreadable here is extracted again. The oldest go once the bytes are too many.
 */
final class ExtractedTexts {

    private static final Logger LOG = LoggerFactory.getLogger(ExtractedTexts.class);
    private static final int TRIM_EVERY = 64;
    private static final int MAX_HEADINGS = 1_000_000;

    private final Path folder;
    private final long maxBytes;
    private int kept;

    ExtractedTexts(Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    /** @return null where there is none */
    Extraction find(String hash, String version) {
        Path file = file(hash, version);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            String title = in.readBoolean() ? text(in) : null;
            String text = text(in);
            int count = in.readInt();
            if (count < 0 || count > MAX_HEADINGS) {
                throw new IOException("not headings: " + count);
            }
            List<Heading> headings = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                headings.add(new Heading(in.readInt(), text(in), in.readInt()));
            }
            return new Extraction(title, text, List.copyOf(headings));
        } catch (IOException e) {
            LOG.debug("{} is not readable and is made again", file, e);
            return null;
        }
    }

    void keep(String hash, String version, Extraction extraction) {
        Path file = file(hash, version);
        try {
            Files.createDirectories(file.getParent());
            Path part = Files.createTempFile(file.getParent(), hash, ".part");
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(part)))) {
                out.writeBoolean(extraction.title() != null);
                if (extraction.title() != null) {
                    text(out, extraction.title());
                }
                text(out, extraction.text());
                out.writeInt(extraction.headings().size());
                for (Heading heading : extraction.headings()) {
                    out.writeInt(heading.level());
                    text(out, heading.text());
                    out.writeInt(heading.start());
                }
            } catch (IOException e) {
                Files.deleteIfExists(part);
                throw e;
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            trim();
        } catch (IOException e) {
            LOG.warn("The text taken out of a document could not be kept in {}: {}. It will be taken out again when it is needed.", folder,
                    e.toString());
        }
    }

    private synchronized void trim() throws IOException {
        if (kept++ % TRIM_EVERY != 0) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).sorted(Comparator.comparing(ExtractedTexts::age)).toList();
        }
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        for (Path file : files) {
            if (bytes <= maxBytes) {
                return;
            }
            bytes -= Files.size(file);
            Files.deleteIfExists(file);
        }
    }

    private static FileTime age(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.from(Instant.EPOCH);
        }
    }

    private Path file(String hash, String version) {
        return folder.resolve(hash.substring(0, 2)).resolve(hash + "." + version);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available() + (1 << 30)) {
            throw new IOException("not a length: " + length);
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new IOException("cut short");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
