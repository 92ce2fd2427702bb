package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.Provider.Message;
import studio.ozone.api.llm.Provider.Role;
import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.Conversations.Turn;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting.Context;
import studio.ozone.api.pipeline.Prompting.Sentence;
import studio.ozone.api.pipeline.Prompting.Usage;

/** One answer of a model: the prompt within its budget, the text while it comes, and what became of it. */
final class Generation {

    /** What a chat template puts around one message, at most, in tokens. */
    private static final int AROUND = 8;
    /** The share of the room that earlier turns may take. */
    private static final int EARLIER = 4;
    private static final int MOST_TURNS = 20;
    /** A model that goes on though it has sent this many chars for each token it was allowed is stopped. */
    private static final long CHARS_A_TOKEN = 16;
    private static final long CHARS_FREE = 20_000;

    private final Provider provider;
    private final Limits limits;
    private final boolean strict;
    private final List<String> notes;
    private final Consumer<String> out;

    /** @param out takes what may be shown at once */
    Generation(Provider provider, Limits limits, boolean strict, List<String> notes, Consumer<String> out) {
        this.provider = provider;
        this.limits = limits;
        this.strict = strict;
        this.notes = notes;
        this.out = out;
    }

    /** What goes to the model. */
    record Prepared(List<Message> messages, Assembly.Assembled assembled, int output, List<String> notes) { }

    /** @param turns of the conversation before, oldest first */
    Prepared prepare(String question, List<Turn> turns, Assembly.Joined joined) throws PipelineException, ProviderException, InterruptedException {
        List<String> texts = new ArrayList<>(List.of(question));
        joined.evidence().forEach(one -> texts.add(one.heading() + one.text()));
        PromptText prompt = PromptText.of(limits.systemPromptPath(), texts);
        int context = provider.contextLength();
        Limits.Room room = limits.room(provider.name(), context);
        List<String> said = new ArrayList<>();
        if (room.note() != null) {
            said.add(room.note());
        }
        int fixed = provider.countTokens(prompt.system()) + provider.countTokens("\n" + question) + 2 * AROUND;
        limits.check(fixed, context, room);
        List<Message> messages = new ArrayList<>();
        messages.add(new Message(Role.SYSTEM, prompt.system()));
        int used = fixed + earlier(turns, (room.input() - fixed) / EARLIER, messages, said);
        Assembly.Assembled assembled = Assembly.fit(joined, limits.maxPassages(), used, room.input(),
                one -> provider.countTokens(prompt.passage(one.n(), one.heading(), one.text())));
        List<String> passages = assembled.evidence().stream().map(one -> prompt.passage(one.n(), one.heading(), one.text())).toList();
        messages.add(new Message(Role.USER, PromptText.message(passages, question)));
        return new Prepared(messages, assembled, room.output(), said);
    }

    /** Adds the latest turns that fit, oldest first. */
    private int earlier(List<Turn> turns, int most, List<Message> messages, List<String> said) throws ProviderException, InterruptedException {
        int used = 0;
        int first = turns.size();
        while (first > 0 && turns.size() - first < MOST_TURNS) {
            Turn turn = turns.get(first - 1);
            int cost = provider.countTokens(turn.question()) + provider.countTokens(answer(turn)) + 2 * AROUND;
            if (used + cost > most) {
                break;
            }
            used += cost;
            first--;
        }
        for (Turn turn : turns.subList(first, turns.size())) {
            messages.add(new Message(Role.USER, turn.question()));
            messages.add(new Message(Role.ASSISTANT, answer(turn)));
        }
        if (first > 0) {
            said.add((first == 1 ? "The first turn" : "The first " + first + " turns") + " of the conversation did not fit into the prompt.");
        }
        return used;
    }

    private static String answer(Turn turn) {
        return PromptText.plain(ForeignMarks.without(turn.answer()));
    }

    /** @param placed run once the provider has the request in its own queue */
    Outcome complete(Prepared prepared, Runnable placed) throws ProviderException, InterruptedException {
        List<Evidence> evidence = prepared.assembled().evidence();
        Wording wording = new Wording(new Support(evidence), strict, out);
        Thread caller = Thread.currentThread();
        long most = CHARS_FREE + CHARS_A_TOKEN * prepared.output();
        AtomicLong first = new AtomicLong();
        AtomicLong last = new AtomicLong();
        AtomicLong sent = new AtomicLong();
        AtomicBoolean stopped = new AtomicBoolean();
        long asked = System.nanoTime();
        Provider.Completion completion = null;
        try {
            completion = provider.complete(new Provider.Request(prepared.messages(), prepared.assembled().passages(), prepared.output(), null), piece -> {
                last.set(System.nanoTime());
                first.compareAndSet(0, last.get());
                if (!stopped.get()) {
                    sent.set(wording.accept(piece));
                    if (sent.get() > most || wording.circles()) {
                        stopped.set(true);
                        caller.interrupt();         // which is how a provider is told to stop
                    }
                }
            }, placed);
        } catch (InterruptedException | ProviderException e) {
            if (!stopped.get()) {
                throw e;
            }
        }
        if (stopped.get()) {
            Thread.interrupted();               // it was ours
        } else if (sent.get() == 0) {
            wording.accept(completion.text());
        }
        wording.finish();
        notes.addAll(prepared.notes());
        Stop stop = stopped.get() ? Stop.LENGTH : completion.stop();
        return outcome(wording, stop, prepared, usage(completion, asked, first.get(), last.get()));
    }

    private Outcome outcome(Wording wording, Stop stop, Prepared prepared, Usage usage) {
        Context context = prepared.assembled().context();
        List<Evidence> evidence = prepared.assembled().evidence();
        List<Sentence> sentences = wording.sentences();
        if (wording.saysNothing() || sentences.isEmpty()) {
            notes.add(nothing(wording, stop, evidence.size()));
            return Outcome.nothing(evidence, context, usage);
        }
        if (stop == Stop.LENGTH && wording.circles()) {
            notes.add(provider.name() + " said the same again and again, and was stopped.");
        } else if (stop == Stop.LENGTH) {
            notes.add("The answer was cut off after " + prepared.output() + " tokens (llm.prompt.reserve_output_tokens).");
        } else if (stop == Stop.REFUSED) {
            notes.add(provider.name() + " declined to go on.");
        }
        if (wording.dropped() > 0) {
            notes.add(count(wording.dropped()) + " that your material does not support " + (wording.dropped() == 1 ? "was" : "were") + " left out.");
        }
        long unsupported = sentences.stream().filter(sentence -> !sentence.supported()).count();
        if (unsupported > 0) {
            notes.add("Your material does not support " + unsupported + " of " + count(sentences.size()) + "; --strict leaves such out.");
        }
        return new Outcome(wording.text(), sentences, wording.quotes(), evidence, context, usage);
    }

    private String nothing(Wording wording, Stop stop, int passages) {
        if (wording.dropped() > 0) {
            return "All of the answer was left out: your material supports none of its " + count(wording.dropped()) + ".";
        }
        if (stop == Stop.REFUSED) {
            return provider.name() + " declined to answer.";
        }
        return wording.saysNothing() || stop == Stop.NOTHING_FOUND ? provider.name() + " found no answer in " + passages + " passages."
                : provider.name() + " gave an empty answer.";
    }

    private static String count(int sentences) {
        return sentences == 1 ? "1 sentence" : sentences + " sentences";
    }

    private static Usage usage(Provider.Completion completion, long asked, long first, long last) {
        Double firstMs = first == 0 ? null : Math.round((first - asked) / 1e3) / 1e3;
        if (completion == null) {
            return new Usage(null, null, null, firstMs, null);
        }
        Provider.Usage usage = completion.usage();
        Double perSecond = usage.outputTokens() > 1 && last > first ? (Double) (Math.round((usage.outputTokens() - 1) * 1e11 / (last - first)) / 1e2) : null;
        return new Usage(measured(usage.inputTokens()), measured(usage.outputTokens()), perSecond, firstMs, cost(usage));
    }

    private static Integer measured(int tokens) {
        return tokens > 0 ? tokens : null;
    }

    private static Double cost(Provider.Usage usage) {
        return Double.isNaN(usage.costUsd()) ? null : (Double) usage.costUsd();
    }
}
