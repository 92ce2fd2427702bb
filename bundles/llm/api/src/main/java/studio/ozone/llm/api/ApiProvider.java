package studio.ozone.llm.api;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

import studio.ozone.api.config.Facts;
import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.api.runtime.Workers;

/**
 * Answers with a model behind an API. Which one, the configuration says; a request ends where it began, whatever changes meanwhile. It works
 * on the thread of whoever asks and has none of its own. langchain4j and Jackson are first loaded when something is asked.
 */
@Component(service = Provider.class, configurationPid = ApiProvider.PID, property = {Provider.ID + "=" + ApiProvider.NAME, "service.ranking:Integer=-2000"})
@Designate(ocd = ApiProvider.Config.class)
public final class ApiProvider implements Provider {

    static final String PID = "ozone.llm.api";
    static final String NAME = "api";
    private static final long STOP_MILLIS = 1_500;

    @ObjectClassDefinition(name = "Models behind an API", description = "Which server answers, and how much it is asked.")
    public @interface Config {

        @AttributeDefinition(description = "Whether models behind an API are there.")
        boolean enabled() default true;

        @AttributeDefinition(description = "Which of them answers.", options = {@Option(label = "anthropic", value = "anthropic"),
            @Option(label = "openai", value = "openai"), @Option(label = "custom", value = "custom"), @Option(label = "ollama", value = "ollama")})
        @Facts(advice = "custom is any server that speaks OpenAI's protocol. Nothing is sent anywhere before llm.default_provider is api.")
        String default__provider() default "anthropic";

        @AttributeDefinition(description = "Requests a minute; further ones wait, in the order of coming.", min = "1", max = "100000")
        @Facts(unit = "requests", advice = "Below what the account allows, so that the server never has to refuse.")
        int rate__limit__requests__per__minute() default 60;

        @AttributeDefinition(description = "Tokens that may be used in a day (UTC), in and out together; 0 for no limit.", min = "0", max = "1000000000000")
        @Facts(unit = "tokens", advice = "Kept over restarts. A request that could exceed it is not sent.")
        long max__tokens__per__day() default 0;

        @AttributeDefinition(description = "What may be spent in a day (UTC); 0 for no limit.", min = "0", max = "1000000")
        @Facts(unit = "USD", advice = "Needs both prices of the chosen server. It goes by these prices and not by the invoice.")
        double max__usd__per__day() default 0;

        @AttributeDefinition(description = "Until a connection stands.", min = "1", max = "300")
        @Facts(unit = "s")
        int connect__timeout__seconds() default 10;

        @AttributeDefinition(description = "The longest time in which nothing comes.", min = "1", max = "3600")
        @Facts(unit = "s", advice = "Longer for a server that has to load its model first.")
        int silence__timeout__seconds() default 120;

        @AttributeDefinition(description = "For one answer, from when it may be asked for to its end, with all attempts.", min = "1", max = "86400")
        @Facts(unit = "s")
        int timeout__seconds() default 600;

        @AttributeDefinition(description = "Attempts after one that failed and may pass: too many requests, or a server in trouble.", min = "0", max = "10")
        @Facts(unit = "attempts", advice = "0 answers at once with the extractive provider instead.")
        int max__retries() default 3;
    }

    /** What the configuration says, looked at once for each request. */
    private record Rules(String chosen, int perMinute, Budget.Limits budget, Attempts.Limits attempts) { }

    private final Workers workers;
    private final Map<String, Table.Source> tables;
    private final ApiMetrics metrics;
    private final UnaryOperator<String> environment;
    private final Calls calls = new Calls();
    private final Clock clock = Clock.system(calls.stopped());
    private final Pace pace;
    private final Budget budget;
    private volatile Rules rules;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Egress egress;

    @Activate
    public ApiProvider(@Reference Workers workers, @Reference MetricRegistry metrics,
            @Reference(target = "(" + Table.Source.NAME + "=openai)") Table.Source openai,
            @Reference(target = "(" + Table.Source.NAME + "=anthropic)") Table.Source anthropic,
            @Reference(target = "(" + Table.Source.NAME + "=custom)") Table.Source custom,
            @Reference(target = "(" + Table.Source.NAME + "=ollama)") Table.Source ollama, BundleContext context, Config config) {
        this(workers, metrics, Map.of("openai", openai, "anthropic", anthropic, "custom", custom, "ollama", ollama),
                Path.of(context.getProperty("ozone.data")), System::getenv, InstantSource.system(), config);
    }

    ApiProvider(Workers workers, MetricRegistry metrics, Map<String, Table.Source> tables, Path data, UnaryOperator<String> environment, InstantSource time,
            Config config) {
        this.workers = workers;
        this.tables = tables;
        this.environment = environment;
        this.rules = checked(config);
        this.pace = new Pace(clock, () -> rules.perMinute());
        this.budget = new Budget(data.resolve("llm").resolve("api-usage"), time, () -> rules.budget());
        this.metrics = new ApiMetrics(metrics);
    }

    @Modified
    void reconfigure(Config changed) {
        rules = checked(changed);
    }

    @Deactivate
    void close() {
        calls.stop(STOP_MILLIS);
        metrics.remove();
    }

    /** Used where there is no service registry. */
    ApiProvider with(Egress by) {
        egress = by;
        return this;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Mode mode() {
        return Mode.GENERATED;
    }

    @Override
    public void check() throws ProviderException {
        Table table = table(rules);
        table.check();
        Key.of(table, environment);
        budget.check(table);
        out();
    }

    @Override
    public int contextLength() throws ProviderException {
        return table(rules).contextLength();
    }

    /** An estimate, hardly ever too low: see {@link Tokens}. */
    @Override
    public int countTokens(String text) {
        return Tokens.of(text);
    }

    @Override
    public Completion complete(Request request, Consumer<String> pieces) throws ProviderException, InterruptedException {
        Rules now = rules;
        Table table = table(now);
        table.check();
        Key key = Key.of(table, environment);
        Egress by = out();
        if (request.messages().isEmpty() || request.messages().stream().allMatch(message -> message.text().isBlank()) || request.maxOutputTokens() < 1) {
            throw new ProviderException(Code.INVALID, "There is nothing to answer, or no room for an answer.");
        }
        int input = tokens(request);
        if (input + (long) request.maxOutputTokens() > table.contextLength() * 1.02) {
            throw new ProviderException(Code.TOO_LONG, "The question with its passages has about " + input + " tokens and its answer up to "
                    + request.maxOutputTokens() + "; " + table.name() + " takes " + table.contextLength() + " together (" + table.key("context_length")
                    + "). Ask with fewer passages.");
        }
        try (Calls.Call call = calls.begin(); Workers.Working counted = workers.working(); Timer.Context timing = metrics.answer.time()) {
            return ask(request, pieces, now, table, key, by, input + Tokens.MESSAGE * request.messages().size());
        } catch (InterruptedException e) {
            if (calls.over()) {
                throw Calls.off();
            }
            throw e;
        } catch (ProviderException e) {
            throw calls.over() ? Calls.off() : e;
        }
    }

    private Completion ask(Request request, Consumer<String> pieces, Rules now, Table table, Key key, Egress by, int input)
            throws ProviderException, InterruptedException {
        Budget.Share share = budget.take(table, input, request.maxOutputTokens());
        Attempts attempts = new Attempts(table, key, by, now.attempts(), pace, clock, metrics, input);
        try {
            return attempts.run(request, pieces);
        } catch (ProviderException e) {
            metrics.failures.inc();
            throw e;
        } finally {
            share.settle(attempts.took());
            Recyclers.forget();
        }
    }

    private static int tokens(Request request) {
        long sum = request.jsonSchema() == null ? 0 : Tokens.of(request.jsonSchema());
        for (Message message : request.messages()) {
            sum += Tokens.of(message.text());
        }
        return (int) Math.min(Integer.MAX_VALUE, sum);
    }

    private Table table(Rules now) throws ProviderException {
        Table.Source source = tables.get(now.chosen());
        if (source == null) {
            throw new ProviderException(Code.UNAVAILABLE, "llm.api.default_provider = " + Said.clean(now.chosen()) + " is none of "
                    + List.of("anthropic", "openai", "custom", "ollama") + ".");
        }
        return source.table();
    }

    private Egress out() throws ProviderException {
        Egress now = egress;
        if (now == null) {
            throw new ProviderException(Code.UNAVAILABLE, "Nothing may leave this machine while egress is switched off. Switch it on with:"
                    + " ozone-core config --set egress.enabled=true");
        }
        return now;
    }

    private static Rules checked(Config config) {
        Table.within("llm.api.rate_limit_requests_per_minute", config.rate__limit__requests__per__minute(), 1, 100_000);
        Table.within("llm.api.max_tokens_per_day", config.max__tokens__per__day(), 0, 1e12);
        Table.within("llm.api.max_usd_per_day", config.max__usd__per__day(), 0, 1e6);
        Table.within("llm.api.connect_timeout_seconds", config.connect__timeout__seconds(), 1, 300);
        Table.within("llm.api.silence_timeout_seconds", config.silence__timeout__seconds(), 1, 3_600);
        Table.within("llm.api.timeout_seconds", config.timeout__seconds(), 1, 86_400);
        Table.within("llm.api.max_retries", config.max__retries(), 0, 10);
        return new Rules(config.default__provider().strip(), config.rate__limit__requests__per__minute(),
                new Budget.Limits(config.max__tokens__per__day(), config.max__usd__per__day()),
                new Attempts.Limits(config.max__retries(), Duration.ofSeconds(config.connect__timeout__seconds()),
                        Duration.ofSeconds(config.silence__timeout__seconds()), Duration.ofSeconds(config.timeout__seconds())));
    }
}
