package studio.ozone.pipeline.prompt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/**
 * Answers questions. A request runs on a thread of this bundle's own pool, so that its cost is accounted; the caller waits. Where
 * the caller is interrupted, the request is cancelled; where the bundle stops, every waiting caller is told that it did.
 */
@Component(service = Prompting.class, configurationPid = {Limits.PID, Limits.TOKENS_PID, Limits.LLM_PID})
public final class PromptPipeline implements Prompting {

    private static final Logger LOG = LoggerFactory.getLogger(PromptPipeline.class);
    private static final String POOL = "prompt";
    private static final int CONCURRENT = 4;
    private static final String PROMPTS = "ozone_pipeline_prompt_seconds";
    private static final String CONTEXT = "ozone_pipeline_prompt_context_seconds";
    private static final String FAILED = "ozone_pipeline_prompt_failed_total";
    private static final String NOTHING = "ozone_pipeline_prompt_nothing_found_total";

    private final ContainerStore store;
    private final Index index;
    private final Sources sources;
    private final Capabilities capabilities;
    private final Workers workers;
    private final MetricRegistry metrics;
    private final Timer prompts;
    private final Timer contexts;
    private final Counter failures;
    private final Counter nothing;
    private final ExecutorService pool;
    private final Providers providers = new Providers();
    private final Set<FutureTask<Answer>> running = ConcurrentHashMap.newKeySet();
    private volatile Limits limits;
    private volatile boolean closed;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Ingest ingest;

    @Activate
    public PromptPipeline(@Reference ContainerStore store, @Reference Index index, @Reference Sources sources,
            @Reference Capabilities capabilities, @Reference Workers workers, @Reference MetricRegistry metrics, Limits.Config config,
            Limits.Tokens tokens, Limits.Llm llm) {
        this.store = store;
        this.index = index;
        this.sources = sources;
        this.capabilities = capabilities;
        this.workers = workers;
        this.metrics = metrics;
        this.limits = Limits.of(config, tokens, llm);
        this.pool = workers.pool(POOL, CONCURRENT);
        this.prompts = metrics.timer(PROMPTS);
        this.contexts = metrics.timer(CONTEXT);
        this.failures = metrics.counter(FAILED);
        this.nothing = metrics.counter(NOTHING);
    }

    @Modified
    void reconfigure(Limits.Config config, Limits.Tokens tokens, Limits.Llm llm) {
        limits = Limits.of(config, tokens, llm);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void addProvider(Provider provider, Map<String, ?> properties) {
        providers.add(provider, properties);
    }

    void removeProvider(Provider provider) {
        providers.remove(provider);
    }

    /** Used where there is no service registry. */
    PromptPipeline with(Ingest by) {
        ingest = by;
        return this;
    }

    @Deactivate
    void close() {
        closed = true;
        running.forEach(task -> task.cancel(true));
        if (!workers.close(POOL, Duration.ofMillis(1_800))) {
            LOG.warn("A prompt did not end in time when the pipeline stopped");
        }
        List.of(PROMPTS, CONTEXT, FAILED, NOTHING).forEach(metrics::remove);
    }

    @Override
    public Answer prompt(Request request, Listener listener) throws PipelineException, InterruptedException {
        long received = System.nanoTime();
        Limits now = limits;
        now.check(request.text());
        Scope.check(request.with());
        FutureTask<Answer> task = new FutureTask<>(() -> answer(request, listener, now, received));
        running.add(task);
        try {
            if (closed) {
                throw stopped();
            }
            pool.execute(task);
            Answer answer = task.get();
            prompts.update(System.nanoTime() - received, TimeUnit.NANOSECONDS);
            return answer;
        } catch (RejectedExecutionException | CancellationException e) {
            throw stopped();
        } catch (ExecutionException e) {
            failures.inc();
            throw failure(e.getCause());
        } finally {
            task.cancel(true);          // does nothing to one that has ended
            running.remove(task);
        }
    }

    private PipelineException stopped() {
        return new PipelineException(PipelineException.Code.UNAVAILABLE, capabilities.whyAbsent("pipeline.prompt"));
    }

    private PipelineException failure(Throwable cause) {
        return switch (cause) {
            case PipelineException e -> e;
            case InterruptedException e -> stopped();        // nobody but the end of the pool interrupts the worker while the caller waits
            case ProviderException e -> new PipelineException(e.code() == ProviderException.Code.UNAVAILABLE ? PipelineException.Code.UNAVAILABLE
                    : PipelineException.Code.FAILED, e.getMessage(), e);
            case ZseiException e -> new PipelineException(e.code() == ZseiException.Code.DISK_FULL ? PipelineException.Code.DISK_FULL
                    : PipelineException.Code.FAILED, e.getMessage(), e);
            case Error e -> throw e;
            default -> new PipelineException(PipelineException.Code.FAILED, "The prompt failed: " + cause, cause);
        };
    }

    private Answer answer(Request request, Listener listener, Limits now, long received)
            throws PipelineException, ProviderException, ZseiException, InterruptedException {
        List<String> notes = new ArrayList<>();
        Stages stages = new Stages(listener, received);
        Provider provider = providers.choose(request.provider(), now.defaultProvider(), capabilities, notes::add);
        int question = provider.countTokens(request.text());
        int budget = now.budget(provider.contextLength(), question);
        Ingest reader = ingest;
        Scope scope = new Scope(store, reader, capabilities);

        Set<Long> within = scope.resolve(request.with(), listener, notes);
        stages.end("ingest");
        List<Found> found = new Retrieval(index, store, sources, reader, capabilities)
                .find(request.text(), now.candidates(), 2 * now.maxPassages(), within, notes);
        stages.end("retrieve");
        Assembly.Assembled assembled = new Assembly(store, sources, provider).assemble(found, now.maxPassages(), question, budget);
        stages.end("assemble");
        contexts.update(System.nanoTime() - received, TimeUnit.NANOSECONDS);

        Provider.Completion completion = provider.complete(new Provider.Request(List.of(new Provider.Message(Provider.Role.USER, request.text())),
                assembled.passages(), now.reserveOutputTokens(), null), listener::piece);
        stages.end("provide");
        boolean none = completion.stop() == Provider.Stop.NOTHING_FOUND;
        List<Citation> citations = none ? List.of() : citations(provider, completion, assembled.evidence(), notes);
        String text = none ? nothingFound(scope, within, listener) : completion.text();
        stages.end("verify");

        long task = record(provider, none ? "nothing_found" : "completed", citations, stages, notes);
        return new Answer(task, text, provider.mode(), provider.name(), citations, assembled.context(), List.copyOf(notes), stages.finish());
    }

    /** An extractive answer numbers its quotes in their order; a generated one is tied to the passages here, by their numbers. */
    private List<Citation> citations(Provider provider, Provider.Completion completion, List<Evidence> evidence, List<String> notes) {
        boolean extractive = provider.mode() == Provider.Mode.EXTRACTIVE;
        List<Provider.Quote> quotes = extractive ? completion.quotes() : Attribution.quotes(completion.text(), evidence);
        List<Integer> numbers = new ArrayList<>();
        quotes.forEach(quote -> numbers.add(extractive ? numbers.size() + 1 : quote.passage()));
        return new Verification(sources).citations(quotes, numbers, evidence, notes);
    }

    private String nothingFound(Scope scope, Set<Long> within, Listener listener) throws ZseiException {
        nothing.inc();
        String searched = scope.searched(within);
        String text = searched.startsWith("0 ") ? "There is nothing to answer from: no document has been read yet. Name files or folders to read."
                : "Nothing that was found in " + searched + " answers this.";
        listener.piece(text);
        return text;
    }

    /** The answer is given even where the store cannot take the record. */
    private long record(Provider provider, String status, List<Citation> citations, Stages stages, List<String> notes) {
        try {
            return TaskRecord.write(store, provider, status, citations, stages.sinceReceived());
        } catch (ZseiException e) {
            notes.add("This run was not recorded: " + e.getMessage());
            return 0;
        }
    }
}
