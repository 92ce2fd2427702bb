package studio.ozone.llm.api;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.Provider.Completion;
import studio.ozone.api.llm.Provider.Request;
import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.Provider.Usage;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

/**
 * One question, asked until there is an answer or no hope: again after a failure that may pass, as long as nothing was handed on, there are
 * attempts left and the time allows it. The wait is what the server asks for, else twice as long each time, less up to a half of it by chance.
 */
final class Attempts {

    /** A server that asks for a longer wait is not waited for. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    /**
     * @param retries attempts after the first
     * @param total for all of them, from when the first begins
     */
    record Limits(int retries, Duration connect, Duration silence, Duration total) { }

    private final Table table;
    private final Key key;
    private final Egress egress;
    private final Limits limits;
    private final Pace pace;
    private final Clock clock;
    private final ApiMetrics metrics;
    private final int estimate;

    private Budget.Sum took = Budget.Sum.NONE;

    /** @param estimate tokens of the question, where the server does not say how many */
    Attempts(Table table, Key key, Egress egress, Limits limits, Pace pace, Clock clock, ApiMetrics metrics, int estimate) {
        this.table = table;
        this.key = key;
        this.egress = egress;
        this.limits = limits;
        this.pace = pace;
        this.clock = clock;
        this.metrics = metrics;
        this.estimate = estimate;
    }

    /** What the server has charged or may have, as far as it went. */
    Budget.Sum took() {
        return took;
    }

    Completion run(Request request, Consumer<String> pieces) throws ProviderException, InterruptedException {
        long deadline = 0;
        for (int attempt = 0;; attempt++) {
            try (var queued = metrics.queue.time()) {
                pace.enter();
            }
            long begun = clock.now();
            deadline = attempt == 0 ? begun + limits.total().toNanos() : deadline;
            Answer answer = new Answer(pieces, clock);
            Exchange exchange = exchange(request, answer, Math.max(1, deadline - begun));
            metrics.requests.inc();
            try {
                Models.ask(table, request, exchange, answer);
            } catch (RuntimeException e) {
                throw new ProviderException(Code.INVALID, "No request for " + table.name() + " can be made of this: " + Said.clean(e.getMessage(), key), e);
            }
            if (answer.streamed()) {
                metrics.first.update(answer.first() - begun, TimeUnit.NANOSECONDS);
            }
            if (answer.thrown() != null || exchange.interrupted()) {
                count(exchange.sent() ? estimate : 0, Tokens.of(answer.text()));
                if (answer.thrown() != null) {
                    throw answer.thrown();
                }
                throw new InterruptedException();
            }
            Failure failure = exchange.failure();
            if (failure == null) {
                return whole(request, answer);
            }
            if (exchange.opened()) {
                count(estimate, Tokens.of(answer.text()));
            }
            if (failure.refused()) {
                return new Completion(answer.text(), List.of(), Stop.REFUSED, new Usage(0, 0, table.cost(0, 0)));       // nothing was taken
            }
            pauseOrGiveUp(failure, answer, attempt, deadline);
        }
    }

    private Exchange exchange(Request request, Answer answer, long nanosLeft) {
        long characters = Math.min(Integer.MAX_VALUE - 8, 65_536L + 16L * request.maxOutputTokens());
        long bytes = 4L * EventStream.LONGEST + 2_048L * request.maxOutputTokens();
        Egress.Limits now = new Egress.Limits(limits.connect(), limits.silence(), Duration.ofNanos(nanosLeft), bytes);
        return new Exchange(egress, table, key, new Verdict(table, key, Instant.now()), now, answer, (int) characters);
    }

    private void pauseOrGiveUp(Failure failure, Answer answer, int attempt, long deadline) throws ProviderException, InterruptedException {
        if (!failure.again() || answer.streamed() || attempt >= limits.retries()) {
            throw failure.tell(answer.streamed());
        }
        long wait = wait(failure.waitFor(), attempt);
        if (wait > LONGEST_WAIT.toNanos() || clock.now() + wait >= deadline) {
            throw Failure.of(Code.UNAVAILABLE, failure.getMessage() + " It asks to wait for " + TimeUnit.NANOSECONDS.toSeconds(wait)
                    + " s, which is too long.", failure).tell(false);
        }
        metrics.retries.inc();
        long until = clock.now() + wait;
        for (long left = wait; left > 0; left = until - clock.now()) {
            clock.pause(left);
        }
    }

    private static long wait(Duration asked, int attempt) {
        if (asked != null) {
            return asked.compareTo(Duration.ofDays(1)) > 0 ? Duration.ofDays(1).toNanos() : asked.toNanos();
        }
        long longest = FIRST_WAIT.toNanos() << Math.min(attempt, 5);
        return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2);
    }

    private Completion whole(Request request, Answer answer) throws ProviderException {
        TokenUsage usage = answer.whole().metadata().tokenUsage();
        int input = usage == null || usage.inputTokenCount() == null ? 0 : usage.inputTokenCount();
        if (usage instanceof AnthropicTokenUsage cached) {
            input += or(cached.cacheCreationInputTokens()) + or(cached.cacheReadInputTokens());
        }
        int output = usage == null || usage.outputTokenCount() == null ? 0 : usage.outputTokenCount();
        input = input > 0 ? input : estimate;
        output = output > 0 || !answer.streamed() ? output : Tokens.of(answer.text());
        count(input, output);
        if (answer.streamed()) {
            metrics.streamed(output, clock.now() - answer.first());
        }
        FinishReason reason = answer.whole().metadata().finishReason();
        Stop stop = answer.refused() || reason == FinishReason.CONTENT_FILTER ? Stop.REFUSED : reason == FinishReason.LENGTH ? Stop.LENGTH : Stop.COMPLETE;
        if (request.jsonSchema() != null && stop == Stop.COMPLETE) {
            json(answer.text());
        }
        return new Completion(answer.text(), List.of(), stop, new Usage(input, output, table.cost(input, output)));
    }

    private void json(String text) throws ProviderException {
        try {
            if (new ObjectMapper().readTree(text).isMissingNode()) {
                throw new IOException("nothing");
            }
        } catch (IOException e) {
            throw new ProviderException(Code.FAILED, table.name() + " (" + table.host() + ") was asked for JSON and answered something else: it does not bind "
                    + Said.clean(table.model()) + " to a schema. Choose another model.", e);
        }
    }

    private static int or(Integer count) {
        return count == null ? 0 : count;
    }

    private void count(int input, int output) {
        double usd = table.cost(input, output);
        metrics.used(input, output, usd);
        took = took.plus(new Budget.Sum(input + (long) output, Double.isNaN(usd) ? 0 : usd));
    }
}
