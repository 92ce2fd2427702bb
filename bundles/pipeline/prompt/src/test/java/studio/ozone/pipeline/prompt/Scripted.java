package studio.ozone.pipeline.prompt;

import java.util.List;
import java.util.function.Consumer;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;

/** A provider that does what a test says. */
final class Scripted implements Provider {

    /** What it does with a request. */
    @FunctionalInterface
    interface Script {
        Completion run(Request request, Consumer<String> pieces) throws ProviderException, InterruptedException;
    }

    private final String name;
    private final Mode mode;
    private final Script script;
    volatile Request seen;
    volatile int asked;
    volatile int counted;
    int context = 8_192;
    /** Told of each text before it is counted. */
    Consumer<String> counting = text -> { };
    /** Told of each request before it has its place. */
    Consumer<Request> arriving = request -> { };
    /** Why it cannot be reached; null where it can. */
    String unavailable;
    /** Why its check fails; null where it does not. */
    String unready;

    Scripted(String name, Mode mode, Script script) {
        this.name = name;
        this.mode = mode;
        this.script = script;
    }

    /** Quotes the first occurrence of a text in the passages. */
    static Scripted quoting(String text) {
        return new Scripted("extractive", Mode.EXTRACTIVE, (request, pieces) -> {
            for (Passage passage : request.passages()) {
                int at = passage.text().indexOf(text);
                if (at >= 0) {
                    int start = passage.text().codePointCount(0, at);
                    pieces.accept(text + " [1]");
                    return new Completion(text + " [1]", List.of(new Quote(passage.n(), start, start + text.codePointCount(0, text.length()))), Stop.COMPLETE,
                            new Usage(0, 0, 0));
                }
            }
            return new Completion("", List.of(), Stop.NOTHING_FOUND, new Usage(0, 0, 0));
        });
    }

    /** A model that says this, in pieces of a few characters. */
    static Scripted saying(String text) {
        return new Scripted("local", Mode.GENERATED, (request, pieces) -> {
            stream(text, pieces);
            return new Completion(text, List.of(), Stop.COMPLETE, new Usage(100, Math.max(1, text.length() / 4), 0));
        });
    }

    static void stream(String text, Consumer<String> pieces) {
        for (int i = 0; i < text.length(); i += 3) {
            pieces.accept(text.substring(i, Math.min(text.length(), i + 3)));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public int contextLength() throws ProviderException {
        if (unavailable != null) {
            throw new ProviderException(ProviderException.Code.UNAVAILABLE, unavailable);
        }
        return context;
    }

    @Override
    public void check() throws ProviderException {
        if (unready != null) {
            throw new ProviderException(ProviderException.Code.UNAVAILABLE, unready);
        }
    }

    @Override
    public int countTokens(String text) {
        counting.accept(text);
        counted++;
        return (text.length() + 3) / 4;
    }

    @Override
    public Completion complete(Request request, Consumer<String> pieces, Runnable placed) throws ProviderException, InterruptedException {
        arriving.accept(request);
        placed.run();
        return complete(request, pieces);
    }

    @Override
    public Completion complete(Request request, Consumer<String> pieces) throws ProviderException, InterruptedException {
        seen = request;
        asked++;
        return script.run(request, pieces);
    }
}
