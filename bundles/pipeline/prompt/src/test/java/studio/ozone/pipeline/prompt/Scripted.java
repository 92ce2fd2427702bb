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

    @Override
    public String name() {
        return name;
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public int contextLength() {
        return 8_000;
    }

    @Override
    public int countTokens(String text) {
        return (text.length() + 3) / 4;
    }

    @Override
    public Completion complete(Request request, Consumer<String> pieces) throws ProviderException, InterruptedException {
        seen = request;
        return script.run(request, pieces);
    }
}
