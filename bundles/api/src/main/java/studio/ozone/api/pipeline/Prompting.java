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
     * @param provider the provider's name; null for the configured one. One that is named here is not replaced where it cannot answer
     * @param strict whether sentences that the material does not support are left out; nothing is handed on then before it was checked
     * @param conversation the id of the conversation that the question goes on with, {@link #NEW} or {@link #LAST}
     */
    record Request(String text, List<Path> with, String provider, boolean strict, long conversation) {

        /** The question begins a conversation. */
        public static final long NEW = 0;
        /** The question goes on with the conversation that was asked last. */
        public static final long LAST = -1;

        /** A question that begins a conversation, and whose answer is shown as it comes. */
        public Request(String text, List<Path> with, String provider) {
            this(text, with, provider, false, NEW);
        }
    }

    /**
     * A quotation with its place. The quote equals the source's text from start to end.
     *
     * @param n the number in the answer, from 1
     * @param line the line in the file, from 1
     * @param verified whether the source was read again for this answer and holds the quote at that place
     */
    record Citation(int n, String source, String record, String title, int start, int end, int line, String quote, boolean verified) { }

    /**
     * A sentence of the answer, or a line of a list, a table or a block of code in it, and what was found of it in the passages.
     *
     * @param text without the marks of citations
     * @param citations the numbers of the citations that hold it; empty for one that is not supported
     * @param supported whether passages hold its words, and every number, date and name in it
     * @param missing the numbers, dates and names in it that nothing cited for it holds
     */
    record Sentence(String text, List<Integer> citations, boolean supported, List<String> missing) { }

    /**
     * What the answer took. A figure that nobody measured is null.
     *
     * @param inputTokens of the whole prompt, as the provider counts them
     * @param outputTokens of the answer
     * @param tokensPerSecond of the answer, from its first piece on
     * @param firstTokenMs from the call of the provider to the first piece; milliseconds
     * @param costUsd what the provider charges, US dollars
     */
    record Usage(Integer inputTokens, Integer outputTokens, Double tokensPerSecond, Double firstTokenMs, Double costUsd) { }

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
     * @param answer the text; says so where nothing was found. In a generated one, {@code [n]} behind a sentence names its citations, and
     *     {@code [unsupported]} stands behind one that the material does not hold
     * @param sentences the answer, taken apart; empty where nothing was found
     * @param mode how the answer came about
     * @param notes what the user should know beside the answer: a source that is gone, a capability that is off
     * @param usage null where no provider was asked
     * @param conversation the conversation that keeps question and answer; 0 where it is not kept
     * @param timingsMs by stage, in order: {@code ingest}, {@code retrieve}, {@code assemble}, {@code provide}, {@code verify},
     *     {@code total}; milliseconds
     */
    record Answer(long task, String answer, Provider.Mode mode, String provider, List<Sentence> sentences, List<Citation> citations,
            Context context, List<String> notes, Usage usage, long conversation, Map<String, Double> timingsMs) { }

    /** Told of the answer while it comes about. */
    @ConsumerType
    interface Listener extends Progress {

        /** A stage has ended. */
        void stage(String name, double tookMs);

        /** A piece of the answer; may come from another thread than the caller's. */
        void piece(String text);
    }

    /** @throws PipelineException INVALID for a question that is empty or too long, NOT_FOUND for a path or a conversation that is not there */
    Answer prompt(Request request, Listener listener) throws PipelineException, InterruptedException;
}
