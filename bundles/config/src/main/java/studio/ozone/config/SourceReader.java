package studio.ozone.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import studio.ozone.api.config.Settings.Problem;

/** Reads files against one schema. Immutable. */
final class SourceReader {

    /** First byte of what stands for a file that cannot be read; no configuration begins so. */
    private static final byte UNREADABLE = 0;

    private final Checker checker;

    SourceReader(Schema schema) {
        this.checker = new Checker(schema);
    }

    /** A file that cannot be read stands for its message, so that a change of the reason counts as a change of the file. */
    static byte[] content(Path file) {
        try {
            return EtcFiles.read(file);
        } catch (IOException e) {
            return ((char) UNREADABLE + said(e)).getBytes(StandardCharsets.UTF_8);
        }
    }

    static boolean readable(byte[] content) {
        return content.length == 0 || content[0] != UNREADABLE;
    }

    /** @param content as {@link #content} gave it */
    Source read(Path file, byte[] content) throws TomlException, IOException {
        if (!readable(content)) {
            throw new IOException(new String(content, 1, content.length - 1, StandardCharsets.UTF_8));
        }
        return check(file, content, EtcFiles.parse(file, content));
    }

    /** A document that is to become a file. */
    Source draft(Path file, Document document) {
        return check(file, document.text().getBytes(StandardCharsets.UTF_8), document);
    }

    /** The same file against this schema. */
    Source again(Source source) {
        return check(source.file(), source.content(), source.document());
    }

    private Source check(Path file, byte[] content, Document document) {
        Checker.Checked checked = checker.check(file, document);
        return new Source(file, content, document, checked.values(), checked.entries(), checked.problems());
    }

    static Problem broken(Path file, Exception e) {
        return e instanceof TomlException toml ? Checker.broken(file, toml) : Checker.unreadable(file, said((IOException) e));
    }

    static String said(IOException e) {
        return e instanceof NoSuchFileException ? "the file is not there (a symbolic link that leads nowhere?)"
            : e instanceof AccessDeniedException ? "the file may not be read; check its owner and permissions" : e.getMessage();
    }
}
