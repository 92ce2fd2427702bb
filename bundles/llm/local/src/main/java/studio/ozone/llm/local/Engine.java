package studio.ozone.llm.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
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
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Facts;
import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.Models.Loaded;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.api.runtime.Workers;

/**
 * Decides when a server runs. There is one at a time, with one request at a time, in the order of arrival: whoever has the turn may
 * start it, and start it anew where a setting has changed, so that no request is under way then. A tick while a child runs takes its
 * output, notices its death, and lets it go when it is idle for long or no longer what is wanted, if it can have the turn at once.
 */
@Component(service = Engine.class, configurationPid = {Engine.PID, Engine.INFERENCE_PID})
public final class Engine {

    static final String PID = "ozone.llm.local";
    static final String INFERENCE_PID = "ozone.llm.local.inference";
    static final String DATA_HOME = "~/.ozone-studio";
    private static final String RSS = "ozone_llm_local_child_rss_bytes";
    private static final String CPU = "ozone_llm_local_child_cpu_seconds";
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long TICK_MILLIS = 250;
    private static final Duration BACKOFF = Duration.ofSeconds(1);
    private static final Duration REST = Duration.ofMinutes(1);

    @ObjectClassDefinition(name = "Local models", pid = PID, description = "Models on this machine, and the server that runs them.")
    public @interface Config {

        @AttributeDefinition(description = "Whether local models are there.")
        boolean enabled() default true;

        @AttributeDefinition(description = "Kind of model file that is looked for. Only gguf can be run so far.", options = {
            @Option(label = "gguf", value = "gguf"), @Option(label = "onnx", value = "onnx"), @Option(label = "bitnet", value = "bitnet")})
        @Facts(advice = "gguf has the most models and the quantised ones: Q4_K_M is a good balance, Q5_K_M better, Q8_0 the best and the largest.")
        String default__format() default "gguf";

        @AttributeDefinition(description = "Folder of the model files. ~/.ozone-studio stands for the data home.")
        @Facts(advice = "Models are large: put it where there is room. Files that lie there already stay there when the key changes.")
        String model__directory() default DATA_HOME + "/models";

        @AttributeDefinition(description = "Model that answers where a request names none: the file's name without .gguf. Empty: the only one there is.")
        @Facts(advice = "ozone-core model use NAME sets it, after it has looked whether the model fits the memory. The requests under way end with the old one.")
        String default__model() default "";

        @AttributeDefinition(description = "The program llama-server or its folder. Empty: it is looked for on the PATH and in the usual places.")
        @Facts(advice = "Set it where several are installed, or one that was built for this processor.")
        String server__path() default "";

        @AttributeDefinition(description = "A server that runs already: llama-server, Ollama or LM Studio. Empty: one is started when it is needed.")
        @Facts(advice = "For instance http://127.0.0.1:11434 for Ollama, http://127.0.0.1:1234 for LM Studio. Its own settings count then, not those of"
            + " llm.local.inference; default_model is the name that it has for the model, empty for the first that it lists.")
        String server__url() default "";

        @AttributeDefinition(description = "How long an unused model stays in memory.", min = "1", max = "1000000")
        @Facts(unit = "s", advice = "Shorter where memory is short: the next question then waits until the model is loaded again, a second for a small one.")
        int keep__alive__seconds() default 300;

        @AttributeDefinition(description = "The longest time that loading a model may take.", min = "1", max = "86400")
        @Facts(unit = "s", advice = "Longer for a large model on a slow disk.")
        int start__seconds() default 180;

        @AttributeDefinition(description = "Whether a model that needs more memory than is free is refused.")
        @Facts(advice = "With false the system swaps, or ends the server, where the sum was right. ozone-core model use NAME --force sets it.")
        boolean memory__check() default true;

        @AttributeDefinition(description = "Hosts that models are downloaded from, by HTTPS; *.example.org stands for those below it.")
        @Facts(advice = "Hugging Face answers with redirects to hosts below it, which is why there are three. Empty forbids downloads.")
        String[] pull__hosts() default {"huggingface.co", "*.huggingface.co", "*.hf.co"};
    }

    @ObjectClassDefinition(name = "Local inference", pid = INFERENCE_PID, description = "How the server computes. A change loads the model anew when the"
        + " requests under way have ended.")
    public @interface InferenceConfig {

        @AttributeDefinition(description = "Processor threads of inference; 0 chooses: the physical cores less two, at least one.", min = "0", max = "1024")
        @Facts(unit = "threads", advice = "Never more than there are physical cores: two threads on one core disturb each other. The guide sets 4 on a"
            + " processor of 8 cores in one place and 6 in its profile; 0 gives 6 there and keeps the machine responsive.")
        int threads() default 0;

        @AttributeDefinition(description = "Layers of the model given to the GPU.", min = "0", max = "1000")
        @Facts(unit = "layers", advice = "About 100 MB of video memory a layer with a model of 7 billion parameters: 35 layers need 3.5 GB. Without a GPU it"
            + " counts as 0, with a warning. The model is loaded anew.")
        int gpu__layers() default 0;

        @AttributeDefinition(description = "Tokens of one forward pass while a prompt is read.", min = "1", max = "8192")
        @Facts(unit = "tokens", advice = "Without layers on the GPU 64 at most are taken: a cancelled question frees the server after the pass that it is in and"
            + " the next, and more reads no faster there. On a GPU more reads long prompts faster. The guide sets 8,"
            + " or 16 on a large machine: that bounds memory, and a prompt of 512 tokens takes 64 passes at 8 and one at 512, so the first word comes"
            + " several times later.")
        int batch__size() default 512;

        @AttributeDefinition(description = "Context that the model is loaded with.", min = "256", max = "10000000")
        @Facts(unit = "tokens", advice = "Question, passages and answer share it, so it has to be larger than llm.prompt.reserve_output_tokens (4096). Its memory"
            + " grows with it (ozone-core model show NAME has the sum). Never more than the model was trained for.")
        int context__length() default 8192;

        @AttributeDefinition(description = "How freely words are chosen: 0 takes the likeliest every time.", min = "0", max = "2")
        @Facts(advice = "Low for answers that keep to their evidence.")
        double temperature() default 0.2;
    }

    /** A turn at a server that answers. */
    final class Lease implements AutoCloseable {

        private final Running server;
        private final long queuedNanos;

        private Lease(Running server, long queuedNanos) {
            this.server = server;
            this.queuedNanos = queuedNanos;
        }

        Running server() {
            return server;
        }

        long queuedNanos() {
            return queuedNanos;
        }

        @Override
        public void close() {
            lastUse = System.nanoTime();
            turns.give();
        }
    }

    private final Workers workers;
    private final MetricRegistry metrics;
    private final Path dataHome;
    private final Machine machine;
    private final Turns turns = new Turns();
    private volatile Options options;
    /** Written by whoever has the turn. */
    private volatile Running running;
    private volatile ScheduledFuture<?> tick;
    private volatile long lastUse;
    private volatile boolean closed;
    /** What whoever had the turn last wanted to have started. */
    private volatile Options.Start wanted;
    private volatile int crashes;
    private volatile long crashedAt;
    private volatile String lastCrash;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Egress egress;

    @Activate
    public Engine(@Reference Workers workers, @Reference MetricRegistry metrics, BundleContext context, Config config, InferenceConfig inference) {
        this(workers, metrics, Path.of(context.getProperty("ozone.data")), new Machine(), config, inference);
    }

    Engine(Workers workers, MetricRegistry metrics, Path dataHome, Machine machine, Config config, InferenceConfig inference) {
        this.workers = workers;
        this.metrics = metrics;
        this.dataHome = dataHome;
        this.machine = machine;
        this.options = Options.of(config, inference, dataHome);
        metrics.register(RSS, (Gauge<Long>) () -> Math.max(0, resident()));
        metrics.register(CPU, (Gauge<Double>) () -> Double.isNaN(cpuSeconds()) ? 0 : cpuSeconds());
    }

    @Modified
    void reconfigure(Config config, InferenceConfig inference) {
        options = Options.of(config, inference, dataHome);
        crashes = 0;
    }

    @Deactivate
    void close() {
        closed = true;
        turns.close();
        metrics.remove(RSS);
        metrics.remove(CPU);
        Running now = running;
        running = null;
        ScheduledFuture<?> ticking = tick;
        if (ticking != null) {
            ticking.cancel(false);
        }
        if (now != null && now.child() != null) {
            now.child().close();
        }
    }

    /** Used where there is no service registry. */
    Engine with(Egress by) {
        egress = by;
        return this;
    }

    Options options() {
        return options;
    }

    Machine machine() {
        return machine;
    }

    Egress egress() {
        return egress;
    }

    Path dataHome() {
        return dataHome;
    }

    /** Whether there is all that an answer needs, as far as that is seen without starting anything. */
    void check() throws ProviderException {
        Options now = options;
        resting();
        if (now.serverUrl().isEmpty()) {
            Programs.find(now.serverPath(), System.getenv("PATH"));
            new ModelFolder(now.folder()).chosen(now.model());
        }
    }

    /** Waits for the caller's turn, and for a server that is as it is wanted. */
    Lease lease() throws ProviderException, InterruptedException {
        return lease(() -> { });
    }

    /** @param placed run once the caller has its place in the queue */
    Lease lease(Runnable placed) throws ProviderException, InterruptedException {
        long began = System.nanoTime();
        if (!turns.take(placed)) {
            throw off();
        }
        long queued = System.nanoTime() - began;
        boolean leased = false;
        try {
            Lease lease = new Lease(ensure(), queued);
            leased = true;
            return lease;
        } finally {
            if (!leased) {
                turns.give();
            }
        }
    }

    /** The server as it is wanted, for a question that needs no turn of its own. */
    Running server() throws ProviderException, InterruptedException {
        Running now = running;
        lastUse = System.nanoTime();
        if (now != null && now.alive() && wanted(options).equals(now.start())) {
            return now;
        }
        try (Lease lease = lease()) {
            return lease.server();
        }
    }

    /** Whether a server was let go in favour of another, so that a question that failed there may be asked again. */
    boolean replaced(Running server) {
        return !closed && running != server && wanted != null && !wanted.equals(server.start());
    }

    /** Ends the child once nobody is served, for instance since its file goes. */
    void release() throws InterruptedException {
        if (turns.take(() -> { })) {
            try {
                stop();
            } finally {
                turns.give();
            }
        }
    }

    private Options.Start wanted(Options now) throws ProviderException {
        return now.start(now.serverUrl().isEmpty() ? new ModelFolder(now.folder()).chosen(now.model()) : now.model());
    }

    private Running ensure() throws ProviderException, InterruptedException {
        Options now = options;
        Options.Start start = wanted(now);
        wanted = start;
        Running have = running;
        if (have != null && have.alive() && have.start().equals(start)) {
            return have;
        }
        if (have != null && !have.alive()) {
            crashed(have);
        }
        stop();
        resting();
        if (crashes > 0) {
            long wait = BACKOFF.toNanos() - (System.nanoTime() - crashedAt);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, wait));
        }
        Starter starter = new Starter(now, start, machine, dataHome, () -> egress, () -> closed);
        Running started;
        try {
            started = now.serverUrl().isEmpty() ? starter.launch() : starter.connect();
        } catch (ProviderException e) {
            if (closed) {
                throw off();
            }
            if (e.code() == Code.FAILED && now.serverUrl().isEmpty()) {
                crash(e.getMessage());
            }
            throw e;
        }
        running = started;
        lastUse = System.nanoTime();
        if (closed) {
            stop();
            throw off();
        }
        if (started.child() != null) {
            try {
                tick = workers.timer().scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (IllegalStateException | RejectedExecutionException e) {
                stop();     // the bundle stopped just now
                throw off();
            }
        }
        return started;
    }

    private void resting() throws ProviderException {
        if (crashes > 1 && System.nanoTime() - crashedAt < REST.toNanos()) {
            throw new ProviderException(Code.UNAVAILABLE, "Local models rest for a minute, since the server ended twice in a row. " + lastCrash
                + " Another model (ozone-core model use NAME) or setting is tried at once.");
        }
    }

    private void crash(String message) {
        crashes++;
        crashedAt = System.nanoTime();
        lastCrash = message;
    }

    private synchronized String crashed(Running server) {
        String message = "The model server " + server.program() + " " + server.child().end() + ". " + server.child().said();
        if (running == server) {
            running = null;
            cancelTick();
            server.child().close();
            crash(message);
            LOG.warn("{} It is started again with the next question.", message);
        }
        return message;
    }

    /** Called when an answer was whole: what crashed before is forgiven. */
    void answered() {
        crashes = 0;
    }

    /**
     * What a failed request is told.
     *
     * @param server that was asked
     */
    ProviderException explained(Running server, ProviderException failure) throws InterruptedException {
        if (closed) {
            return off();
        }
        if (server.child() != null && failure.code() == Code.FAILED && server.child().awaitEnd(300)) {
            return new ProviderException(Code.FAILED, crashed(server) + " It is started again with the next question.", failure);
        }
        return failure;
    }

    private static ProviderException off() {
        return new ProviderException(Code.UNAVAILABLE, "Local models were switched off (llm.local.enabled).");
    }

    private void tick() {
        try {
            Running now = running;
            if (now == null || now.child() == null) {
                return;
            }
            now.child().poll();
            Options set = options;
            boolean stale = !set.start(set.model().isEmpty() ? now.start().model() : set.model()).equals(now.start());
            boolean idle = System.nanoTime() - lastUse >= set.keepAlive().toNanos();
            if ((stale || idle || !now.alive()) && turns.takeIfIdle()) {
                try {
                    if (!now.alive()) {
                        crashed(now);
                    }
                    stop();
                } finally {
                    turns.give();
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("The model server could not be looked after", e);
        }
    }

    /** Ends the child; by whoever has the turn. */
    private synchronized void stop() {
        Running now = running;
        running = null;
        cancelTick();
        if (now != null && now.child() != null) {
            now.child().close();
        }
    }

    private void cancelTick() {
        ScheduledFuture<?> ticking = tick;
        tick = null;
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    /** What is loaded; empty where nothing is. */
    List<Loaded> loaded() {
        Running now = running;
        if (now == null || !now.alive()) {
            return List.of();
        }
        boolean busy = turns.busy();
        long left = options.keepAlive().toNanos() - (System.nanoTime() - lastUse);
        ProcessHandle process = now.child() == null ? null : now.child().server();
        return List.of(new Loaded(now.model(), now.program(), process == null ? -1 : process.pid(), resident(), cpuSeconds(),
            now.context(), busy ? 1 : 0, turns.waiting(), busy || process == null ? -1 : Math.max(0, TimeUnit.NANOSECONDS.toSeconds(left)), now.facts()));
    }

    private long resident() {
        Running now = running;
        ProcessHandle process = now == null || now.child() == null ? null : now.child().server();
        return process == null ? -1 : machine.resident(process.pid());
    }

    private double cpuSeconds() {
        Running now = running;
        ProcessHandle process = now == null || now.child() == null ? null : now.child().server();
        return process == null ? Double.NaN : process.info().totalCpuDuration().map(spent -> spent.toMillis() / 1e3).orElse(Double.NaN);
    }
}
