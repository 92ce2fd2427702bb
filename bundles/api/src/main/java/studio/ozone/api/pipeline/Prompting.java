package studio.ozone.api.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.runtime.Progress;

/** Answers a question from what is in ZSEI, with citations that were checked against their files. Thread-safe; an interrupt cancels. */
@ProviderType
public interface Prompting {

    /**
     * @param text the question; not blank, at most {@code pipeline.prompt.max_question_chars} characters
     * @param with absolute paths that the answer is limited to; read first if they are new or have changed; empty for everything
     * @param provider the provider's name; null for the configured one
     */
    record Request(String text, List<Path> with, String provider) { }

    /**
     * A quotation with its place. The quote equals the source's text from start to end.
     *
     * @param n the number in the answer, from 1
     * @param line the line in the file, from 1
     * @param verified whether the source was read again for this answer and holds the quote at that place
     */
    record Citation(int n, String source, String record, String title, int start, int end, int line, String quote, boolean verified) { }

    /**
     * A passage that was considered.
     *
     * @param id the chunk's container
     * @param tokens as the provider counts them
     * @param reason why it was cut; null for one that went in
     */
    record ContextItem(long id, String source, String record, String title, int start, int end, int tokens, double score, String reason) { }

    /**
     * What the provider saw.
     *
     * @param included best first
     * @param cut what was found and did not go in, with the reason
     * @param tokens of all that went in, question included
     * @param budget the most that could have gone in
     */
    record Context(List<ContextItem> included, List<ContextItem> cut, int tokens, int budget) { }

    /**
     * The shape of {@code prompt --json}.
     *
     * @param task the id of the container that records this run
     * @param answer the text; says so where nothing was found
     * @param mode how the answer came about
     * @param notes what the user should know beside the answer: a source that is gone, a capability that is off
     * @param timingsMs by stage, in order: {@code ingest}, {@code retrieve}, {@code assemble}, {@code provide}, {@code verify},
     *     {@code total}; milliseconds
     */
    record Answer(long task, String answer, Provider.Mode mode, String provider, List<Citation> citations, Context context,
            List<String> notes, Map<String, Double> timingsMs) { }

    /** Told of the answer while it comes about. */
    @ConsumerType
    interface Listener extends Progress {

        /** A stage has ended. */
        void stage(String name, double tookMs);

        /** A piece of the answer. */
        void piece(String text);
    }

    /** @throws PipelineException INVALID for a question that is empty or too long, NOT_FOUND for a path that is not there */
    Answer prompt(Request request, Listener listener) throws PipelineException, InterruptedException;
}
