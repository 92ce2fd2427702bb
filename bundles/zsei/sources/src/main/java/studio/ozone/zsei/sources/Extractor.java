package studio.ozone.zsei.sources;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.osgi.annotation.versioning.ConsumerType;

import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;

/** Turns files that are no text into text. The same file gives the same text, or {@link #version()} changes. Thread-safe. */
@ConsumerType
public interface Extractor {

    /**
     * @param title the document's own title; null where it has none
     * @param text paragraphs, separated by empty lines
     * @param headings with offsets in the text, in code points
     */
    record Extraction(String title, String text, List<Sources.Heading> headings) { }

    /** Names the way of extracting; texts that were kept of another version are not used any more. Letters, digits, dots, dashes. */
    String version();

    /**
     * @param kind {@code html}, {@code pdf} or {@code office}
     * @param maxChars the most characters of text
     * @param atMost the time it may take
     * @throws SourceException BOMB if the text would be longer, BROKEN if it takes longer or the file is damaged, ENCRYPTED
     */
    Extraction extract(Path file, String kind, int maxChars, Duration atMost) throws SourceException, InterruptedException;
}
