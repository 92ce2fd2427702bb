package studio.ozone.llm.api;

import java.util.function.Consumer;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

/** What comes of one attempt: the text as it is handed on, and how it ended. Used by the one thread that asks. */
final class Answer implements StreamingChatResponseHandler {

    private final Consumer<String> pieces;
    private final Clock clock;
    private final ClassLoader callers = Thread.currentThread().getContextClassLoader();
    private final StringBuilder text = new StringBuilder();
    private long first;
    private ChatResponse whole;
    private Throwable error;
    private RuntimeException thrown;
    private boolean refused;

    Answer(Consumer<String> pieces, Clock clock) {
        this.pieces = pieces;
        this.clock = clock;
    }

    @Override
    public void onPartialResponse(String piece) {
        if (thrown != null) {
            return;
        }
        first = text.isEmpty() ? clock.now() : first;
        text.append(piece);
        Thread thread = Thread.currentThread();
        ClassLoader ours = thread.getContextClassLoader();
        thread.setContextClassLoader(callers);
        try {
            pieces.accept(piece);
        } catch (RuntimeException e) {
            thrown = e;
        } finally {
            thread.setContextClassLoader(ours);
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        whole = response;
    }

    @Override
    public void onError(Throwable cause) {
        error = error == null ? cause : error;
    }

    /** The model says that it will not answer. */
    void refuse() {
        refused = true;
    }

    boolean refused() {
        return refused;
    }

    String text() {
        return text.toString();
    }

    int length() {
        return text.length();
    }

    /** Whether a piece was handed on. */
    boolean streamed() {
        return !text.isEmpty();
    }

    /** When the first piece came, by the clock. */
    long first() {
        return first;
    }

    /** Null as long as it has not ended well. */
    ChatResponse whole() {
        return whole;
    }

    /** What langchain4j could not make sense of; null for nothing. */
    Throwable error() {
        return error;
    }

    /** What whoever takes the pieces threw; null for nothing. */
    RuntimeException thrown() {
        return thrown;
    }
}
