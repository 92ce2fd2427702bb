package studio.ozone.api.pipeline;

import java.nio.file.Path;
import java.util.List;

import org.osgi.annotation.versioning.ProviderType;

/** Says what a document is about: language, keywords, entities, outline. Kept as relations of the document where it is in ZSEI. */
@ProviderType
public interface TextAnalysis {

    /** @param weight 0..1, the strongest keyword has 1 */
    record Keyword(String text, double weight, int count) { }

    /** @param kind {@code person}, {@code organization}, {@code location}, {@code date}, {@code money}, {@code name} … */
    record Entity(String text, String kind, int count, double confidence) { }

    /** @param level 1 for the highest heading */
    record Heading(int level, String text, int line) { }

    /**
     * The shape of {@code analyze --json}.
     *
     * @param language ISO 639-3, for instance {@code eng}; {@code und} where the text is too short to tell
     * @param languageConfidence 0..1
     * @param container the document's container; 0 where the file is not in ZSEI, so that nothing was kept
     * @param notes what the user should know beside the figures: that only the first part was analysed, that no model knows the language
     */
    record Analysis(String source, String language, double languageConfidence, long words, long sentences, List<Keyword> keywords,
            List<Entity> entities, List<Heading> outline, long container, double tookMs, List<String> notes) { }

    /** @throws PipelineException NOT_FOUND or FAILED, with the reason for a user */
    Analysis analyze(Path file) throws PipelineException, InterruptedException;
}
