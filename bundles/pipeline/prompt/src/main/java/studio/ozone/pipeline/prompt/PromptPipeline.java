package studio.ozone.pipeline.prompt;

import java.time.Duration;
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
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/**
 * Answers questions. A request runs on a thread of this bundle's own pool, so that its cost is accounted; the caller waits. Models are asked in
 * the order in which the requests came. Where the caller is interrupted, the request is cancelled; where the bundle stops, every waiting caller
 * is told that it did.
 */
@Component(service = Prompting.class, configurationPid = {Limits.PID, Limits.TOKENS_PID, Limits.LLM_PID, Limits.EVIDENCE_PID})
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
    private final Talk talk;
    private final Costs costs;
    private final Providers providers = new Providers();
    private final Line line = new Line();
    private final Set<FutureTask<Answer>> running = ConcurrentHashMap.newKeySet();
    private volatile Limits limits;
    private volatile boolean closed;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Ingest ingest;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Embedder embedder;

    @Activate
    public PromptPipeline(@Reference ContainerStore store, @Reference Index index, @Reference Sources sources,
            @Reference Capabilities capabilities, @Reference Workers workers, @Reference MetricRegistry metrics, Limits.Config config,
            Limits.Tokens tokens, Limits.Llm llm, Limits.Judging judging) {
        this.store = store;
        this.index = index;
        this.sources = sources;
        this.capabilities = capabilities;
        this.workers = workers;
        this.metrics = metrics;
        this.limits = Limits.of(config, tokens, llm, judging);
        this.talk = new Talk(store);
        this.costs = new Costs(metrics);
        this.pool = workers.pool(POOL, CONCURRENT);
        this.prompts = metrics.timer(PROMPTS);
        this.contexts = metrics.timer(CONTEXT);
        this.failures = metrics.counter(FAILED);
        this.nothing = metrics.counter(NOTHING);
    }

    @Modified
    void reconfigure(Limits.Config config, Limits.Tokens tokens, Limits.Llm llm, Limits.Judging judging) {
        limits = Limits.of(config, tokens, llm, judging);
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
        costs.close();
    }

    @Override
    public Answer prompt(Request request, Listener listener) throws PipelineException, InterruptedException {
        long received = System.nanoTime();
        Limits now = limits;
        now.check(request.text());
        Scope.check(request.with());
        Line.Place place = line.place();
        FutureTask<Answer> task = new FutureTask<>(() -> answer(request, listener, now, received, place));
        running.add(task);
        try (place) {
            if (closed) {
                throw stopped();
            }
            line.join(place, () -> pool.execute(task));
            Answer answer = task.get();
            prompts.update(System.nanoTime() - received, TimeUnit.NANOSECONDS);
            return answer;
        } catch (RejectedExecutionException | CancellationException e) {
            throw stopped();
        } catch (ExecutionException e) {
            failures.inc();
            throw told(e.getCause());
        } finally {
            task.cancel(true);          // does nothing to one that has ended
            running.remove(task);
        }
    }

    private PipelineException stopped() {
        return new PipelineException(PipelineException.Code.UNAVAILABLE, capabilities.whyAbsent("pipeline.prompt"));
    }

    private PipelineException told(Throwable cause) {
        // Nobody but the end of the pool interrupts the worker while the caller waits.
        return cause instanceof InterruptedException ? stopped() : failure(cause);
    }

    static PipelineException failure(Throwable cause) {
        return switch (cause) {
            case PipelineException e -> e;
            case ProviderException e -> new PipelineException(e.code() == ProviderException.Code.UNAVAILABLE ? PipelineException.Code.UNAVAILABLE
                    : PipelineException.Code.FAILED, e.getMessage(), e);
            case ZseiException e -> new PipelineException(e.code() == ZseiException.Code.DISK_FULL ? PipelineException.Code.DISK_FULL
                    : PipelineException.Code.FAILED, e.getMessage(), e);
            case Error e -> throw e;
            default -> new PipelineException(PipelineException.Code.FAILED, "The prompt failed: " + cause, cause);
        };
    }

    private Answer answer(Request request, Listener listener, Limits now, long received, Line.Place place)
            throws PipelineException, ProviderException, ZseiException, InterruptedException {
        Run.Surroundings around = new Run.Surroundings(store, index, sources, capabilities, ingest, embedder, providers, talk, costs, contexts, nothing);
        return new Run(around, request, now, listener, received, place).answer();
    }
}
