package studio.ozone.api.zsei;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Reads texts where they lie: files of every supported kind, and records in them. Thread-safe.
 *
 * <p>Text files are UTF-8, or UTF-16 with a byte order mark; anything else is refused, and the message names the first byte that
 * does not fit. Offsets count in the text as it stands: line ends are kept, and so is a byte order mark of UTF-8 (U+FEFF is code
 * point 0), just as Python's {@code open(path, encoding='utf-8', newline='').read()} gives it. That of UTF-16 is not part of the text.
 */
@ProviderType
public interface Sources {

    /**
     * One document of a file.
     *
     * @param record the record's id; null where the file is one document
     * @param title the document's own title, else the file's name
     * @param kind {@code text}, {@code markdown}, {@code code}, {@code html}, {@code pdf}, {@code office}, {@code jsonl} …
     * @param text the text that offsets count in: as it stands for text, Markdown, code and records; as extracted elsewhere
     * @param locator what {@link #text(Container)} needs to find it again; kept in the container's attributes
     * @param headings in the order of the text; empty where it has none
     */
    record Document(String record, String title, String kind, String text, Map<String, String> locator, List<Heading> headings) { }

    /**
     * @param level 1 for the highest
     * @param text without markup, on one line
     * @param start the first code point of its line in the document's text
     */
    record Heading(int level, String text, int start) { }

    /** Takes documents one after another; a data set may have millions. */
    @FunctionalInterface
    interface Visitor {
        void document(Document document) throws SourceException, ZseiException, InterruptedException;

        /**
         * A record that cannot be read; those after it are.
         *
         * @param line in the file, from 1
         * @param reason one line for a user, without the file's name
         */
        default void unreadable(long line, String reason) { }
    }

    /**
     * Whether the name and the first bytes of a file look like something that can be read.
     *
     * @throws SourceException if it looks so and is too large, or cannot be looked at
     */
    boolean readable(Path file) throws SourceException;

    /**
     * Reads a file, document by document.
     *
     * @return whether the file is a data set of records (JSON lines), not one document
     * @throws SourceException if it cannot be read: the reason is one line for a user
     */
    boolean read(Path file, Visitor visitor) throws SourceException, ZseiException, InterruptedException;

    /**
     * The text of a document as its source holds it now. Kept in a small cache while the file's time and size stay the same.
     *
     * @param document a DOCUMENT container, or a SECTION or CHUNK below one (its source, record and locator count)
     * @throws SourceException GONE if the file or record is no longer there
     */
    Text text(Container document) throws SourceException;

    /** Text with places in it. Offsets are Unicode code points. */
    interface Text {

        String string();

        /** Code points in all. */
        int length();

        /** @throws IndexOutOfBoundsException if start..end does not lie in the text */
        String slice(int start, int end);

        /**
         * The line of a code point, from 1: in the file for text, Markdown and code; of the record's line in a JSON lines file; in
         * the extracted text elsewhere.
         */
        int line(int codePoint);

        /** SHA-256 of the whole text, lower-case hexadecimal. */
        String hash();
    }

    /**
     * The text of a chunk, if the source still holds just that: the text at its offsets hashes to its content hash.
     *
     * @throws SourceException GONE or CHANGED
     */
    String chunk(Container chunk) throws SourceException;

    /** Suffixes and names that are understood, for help texts. */
    List<String> kinds();
}
