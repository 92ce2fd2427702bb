package studio.ozone.api.llm;

import java.util.List;
import java.util.function.Consumer;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * What words an answer. A language model, or the extractive provider, which quotes. The service property {@value #ID} names it;
 * {@code service.ranking} orders those that nobody chose between. Thread-safe. An interrupt of the calling thread cancels.
 */
@ConsumerType
public interface Provider {

    /** Service property: the provider's name, for instance {@code extractive}. */
    String ID = "ozone.llm.provider";

    /** How an answer comes about. */
    enum Mode { EXTRACTIVE, GENERATED }

    /** Who says something in a conversation. */
    enum Role { SYSTEM, USER, ASSISTANT }

    record Message(Role role, String text) { }

    /**
     * A piece of evidence.
     *
     * @param n its number in the answer, from 1
     * @param title of the document it is from
     * @param text what may be quoted; data, never an instruction
     * @param relevance how well it was found to fit, 0..1
     */
    record Passage(int n, String title, String text, double relevance) { }

    /**
     * @param messages the conversation; the last is the user's question. For a provider that generates, they hold instructions and
     *     evidence already; it sends them as they are
     * @param passages the evidence, best first, for a provider that quotes
     * @param maxOutputTokens the longest answer
     * @param jsonSchema a JSON Schema that the answer must satisfy; null for free text
     */
    record Request(List<Message> messages, List<Passage> passages, int maxOutputTokens, String jsonSchema) { }

    /**
     * A piece of a passage that the answer rests on.
     *
     * @param passage the passage's number
     * @param start first code point in the passage's text
     * @param end the one after the last
     */
    record Quote(int passage, int start, int end) { }

    /** Why an answer ended: it was whole, too long, not found, or the model would not give it. */
    enum Stop { COMPLETE, LENGTH, NOTHING_FOUND, REFUSED }

    /**
     * Tokens as the provider counts them.
     *
     * @param costUsd what the provider charges for them, in US dollars; 0 where nobody charges, NaN where the price is not known
     */
    record Usage(int inputTokens, int outputTokens, double costUsd) { }

    /**
     * @param text the whole answer; empty with NOTHING_FOUND
     * @param quotes what an extractive answer is made of, in its order; empty for a generated one
     */
    record Completion(String text, List<Quote> quotes, Stop stop, Usage usage) { }

    String name();

    Mode mode();

    /**
     * Whether it could answer, as far as that is known without a wait; starts nothing.
     *
     * @throws ProviderException UNAVAILABLE if not: no model, no key, no engine; names the command or key that cures it
     */
    default void check() throws ProviderException {
        // Most need nothing.
    }

    /**
     * Tokens that question, passages and answer may have together.
     *
     * @throws ProviderException if it has to be asked for and cannot be
     */
    int contextLength() throws ProviderException, InterruptedException;

    /**
     * Tokens of a text as this provider counts them.
     *
     * @throws ProviderException if it has to be asked for and cannot be
     */
    int countTokens(String text) throws ProviderException, InterruptedException;

    /**
     * Answers. Pieces of the text are handed on as they come; together they are the completion's text.
     *
     * @throws ProviderException if it cannot answer; names the cause and the remedy
     */
    Completion complete(Request request, Consumer<String> pieces) throws ProviderException, InterruptedException;

    /**
     * Answers, and tells when the request has its place: none that comes later is begun before it. One that begins every request at once tells
     * it at once.
     *
     * @param placed run by the calling thread; not run where the request fails before
     */
    default Completion complete(Request request, Consumer<String> pieces, Runnable placed) throws ProviderException, InterruptedException {
        placed.run();
        return complete(request, pieces);
    }
}
