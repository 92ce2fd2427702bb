package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Facts;
import studio.ozone.api.config.Settings.Applies;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.ZseiException;

/**
 * The store as a service. It is opened on a thread of its own, so that nothing waits for it that does not need it yet; a call that
 * comes earlier waits. A store that cannot be opened is a service all the same, whose calls and whose health check say why.
 */
@Component(service = { ContainerStore.class, HealthCheck.class, LocalStore.class }, configurationPid = { LocalStore.PID, LocalStore.WRITE_PID,
    LocalStore.INTEGRITY_PID })
public final class LocalStore implements ContainerStore, HealthCheck {

    static final String PID = "ozone.zsei";
    static final String WRITE_PID = "ozone.zsei.write";
    static final String INTEGRITY_PID = "ozone.zsei.integrity";
    static final String IN_THE_DATA_HOME = "~/.ozone-studio/zsei/local";
    static final String COMMITS = "ozone_zsei_store_commit_seconds";
    static final String FORCED = "ozone_zsei_store_forced_writes";
    static final String CONTAINERS = "ozone_zsei_store_containers";
    static final String VERSIONS = "ozone_zsei_store_versions";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    private static final int OPEN_SECONDS = 60;
    private static final int CLOSE_SECONDS = 1;
    private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);

    @ObjectClassDefinition(pid = PID, name = "ZSEI", description = "Where ZSEI lies (guide, section 7).")
    public @interface Config {
        @AttributeDefinition(description = "The folder of the containers, an absolute path. ~/.ozone-studio stands for the data home; "
                + "an environment variable may stand in it, with a dollar sign and in braces.")
        @Facts(applies = Applies.RESTART,
            advice = "Where a machine has a fast and a large disk, the bulk of the data goes to the large one and "
            + "zsei.global_storage_path, the index, to the fast one. Move the folder while the instance is stopped.")
        String local__storage__path() default IN_THE_DATA_HOME;

        @AttributeDefinition(description = "How large records are packed: none, lz4 or zstd. It counts for what is written from now on.",
            options = { @Option("none"), @Option("lz4"), @Option("zstd") })
        @Facts(applies = Applies.LIVE,
            advice = "lz4 where the bulk lies on a rotating disk: reading less costs less than unpacking. zstd packs closer and costs more time; vectors gain nothing by either. "
            + "An SSD is fast enough without. Records of all kinds are readable side by side; zsei-optimize brings what is there into the kind that is set.")
        String compression() default "none";
    }

    @ObjectClassDefinition(pid = WRITE_PID, name = "ZSEI writes", description = "How writes share what makes them durable (guide, section 7).")
    public @interface WriteConfig {
        @AttributeDefinition(description = "Records committed together.", min = "1", max = "100000")
        @Facts(unit = "records", applies = Applies.LIVE,
            advice = "More records a commit mean fewer writes to the disk and a longer wait for each. What is acknowledged is durable in any case; 1 with "
            + "zsei.write.flush_interval_ms = 0 writes each record through.")
        int batch__size() default 100;

        @AttributeDefinition(description = "Longest time before a batch is committed, full or not.", min = "0", max = "60000")
        @Facts(unit = "ms", applies = Applies.LIVE,
            advice = "It holds for writes that nobody waits for, for instance of an import; a write that somebody waits for goes to the disk at "
            + "once, and takes along what waits. Shorter where less may be on its way at a time.")
        int flush__interval__ms() default 1000;
    }

    @ObjectClassDefinition(pid = INTEGRITY_PID, name = "ZSEI versions", description = "What is kept of what a container was (guide, section 7).")
    public @interface IntegrityConfig {
        @AttributeDefinition(description = "Versions of a container kept beside the present one.", min = "0", max = "10000")
        @Facts(unit = "versions", applies = Applies.LIVE,
            advice = "Each is about as large as the container's record and its edges. 0 keeps none and costs nothing: then nothing can be rolled back. Versions for "
            + "which a lower number leaves no room go at the container's next write, and all at the next gc.")
        int max__versions__retained() default 10;
    }

    private final Path folder;
    private final MetricRegistry metrics;
    private final Timer commits;
    private final Figures.Published figures;
    private final Alarm alarm;
    private final Followers followers;
    private final Future<XodusStore> opening;
    /** Done when the listeners are followed: a commit before that would pass them by. */
    private final Future<?> following;
    private volatile String configured;
    private volatile Tuning tuning;
    private volatile boolean closing;

    @Activate
    public LocalStore(@Reference Workers workers, @Reference MetricRegistry metrics, BundleContext context, Config config, WriteConfig writes,
            IntegrityConfig integrity) {
        this(folder(config.local__storage__path(), context.getProperty("ozone.data")), workers, metrics, new TrackedFollowers(context),
                tuning(config, writes, integrity));
        configured = config.local__storage__path();
    }

    LocalStore(Path folder, Workers workers, MetricRegistry metrics, Followers followers, Tuning tuning) {
        this.folder = folder;
        this.tuning = tuning;
        this.figures = new Figures.Published(metrics);
        this.alarm = Alarm.of(workers.timer(), workers.pool("flush", 1));
        this.metrics = metrics;
        this.followers = followers;
        this.commits = metrics.timer(COMMITS);
        ExecutorService opener = workers.pool("open", 1);
        this.opening = opener.submit(this::open);
        this.following = opener.submit(followers::start); // not before: a listener that starts now may read the store
        metrics.register(CONTAINERS, (Gauge<Long>) () -> opening.state() == Future.State.SUCCESS ? opening.resultNow().containers() : 0L);
        metrics.register(VERSIONS, (Gauge<Long>) () -> opening.state() == Future.State.SUCCESS ? opening.resultNow().versions() : 0L);
        metrics.register(FORCED, (Gauge<Long>) () -> opening.state() == Future.State.SUCCESS ? opening.resultNow().forced() : 0L);
    }

    private static Tuning tuning(Config config, WriteConfig writes, IntegrityConfig integrity) {
        return Tuning.of(writes.batch__size(), writes.flush__interval__ms(), integrity.max__versions__retained(), Codec.of(config.compression()));
    }

    private XodusStore open() throws ZseiException {
        try {
            Place place = Place.read(folder);
            XodusStore store = XodusStore.open(place.folder(folder), Clock.systemUTC(), followers::tell, tuning, figures, alarm);
            store.tune(tuning); // it may have changed meanwhile
            clean(place);
            if (closing) {
                store.close();
            }
            return store;
        } catch (ZseiException e) {
            LOG.error("{}", e.getMessage());
            throw e;
        }
    }

    private void clean(Place place) {
        try {
            place.clean(folder);
        } catch (IOException e) {
            LOG.warn("What an interrupted replacement of the store left in {} is still there: {}", folder, Problems.reason(e));
        }
    }

    /** @param data the data home, absolute; null where the instance has none */
    static Path folder(String configured, String data) {
        String home = System.getProperty("user.home");
        String path = VARIABLE.matcher(configured.strip()).replaceAll(found -> Matcher.quoteReplacement(variable(found.group(1))));
        if (path.equals("~/.ozone-studio") || path.startsWith("~/.ozone-studio/")) {
            path = (data == null ? home + "/.ozone-studio" : data) + path.substring("~/.ozone-studio".length());
        } else if (path.startsWith("~/")) {
            path = home + path.substring(1);
        }
        Path folder = Path.of(path);
        if (path.isEmpty() || !folder.isAbsolute()) {
            throw new IllegalArgumentException("zsei.local_storage_path is an absolute path, not '" + configured + "'");
        }
        return folder.normalize();
    }

    private static String variable(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalArgumentException("zsei.local_storage_path names the environment variable " + name + ", which is not set");
        }
        return value;
    }

    @Modified
    void reconfigure(Config config, WriteConfig writes, IntegrityConfig integrity) {
        tuning = tuning(config, writes, integrity);
        if (opening.state() == Future.State.SUCCESS) {
            opening.resultNow().tune(tuning);
        }
        if (!config.local__storage__path().equals(configured)) {
            configured = config.local__storage__path();
            LOG.info("zsei.local_storage_path is now {}, from the next start on; until then the store stays in {}", configured, folder);
        }
    }

    @Deactivate
    void close() {
        metrics.remove(COMMITS);
        metrics.remove(CONTAINERS);
        metrics.remove(VERSIONS);
        metrics.remove(FORCED);
        figures.close();
        closing = true;
        try {
            XodusStore store = await(opening, CLOSE_SECONDS);
            followers.stop();
            store.close();
        } catch (ZseiException e) {
            LOG.debug("There was no open store to close", e);
        }
    }

    @Override
    public Result check() {
        return switch (opening.state()) {
            case RUNNING -> new Result("zsei.store", Status.FAIL, "The store in " + folder + " is being opened", true);
            case SUCCESS -> health(opening.resultNow());
            default -> new Result("zsei.store", Status.FAIL, failure().getMessage(), true);
        };
    }

    private Result health(XodusStore store) {
        ZseiException broken = store.broken();
        Status status = broken == null ? Status.OK : broken.code() == ZseiException.Code.DISK_FULL ? Status.WARN : Status.FAIL;
        return broken != null ? new Result("zsei.store", status, broken.getMessage(), true)
                : new Result("zsei.store", Status.OK, store.containers() + " containers in " + folder, true);
    }

    private ZseiException failure() {
        Throwable why = opening.state() == Future.State.FAILED ? opening.exceptionNow() : new CancellationException("it was not opened");
        return Problems.of(why, folder);
    }

    private XodusStore opened() throws ZseiException {
        return await(opening, OPEN_SECONDS);
    }

    /** The open store, for the care of it in this bundle. */
    XodusStore database() throws ZseiException {
        XodusStore store = opened();
        await(following, OPEN_SECONDS);
        return store;
    }

    /** Which folder is configured; the files may lie in one below it, see {@link Place}. */
    Path folder() {
        return folder;
    }

    Followers followers() {
        return followers;
    }

    private <T> T await(Future<T> future, int seconds) throws ZseiException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(seconds, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    throw new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, "The store in " + folder + " is still being opened", e);
                } catch (ExecutionException | CancellationException e) {
                    ZseiException why = failure();
                    throw new ZseiException(why.code(), why.getMessage(), why);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private XodusStore openedOrThrow() {
        try {
            return opened();
        } catch (ZseiException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** @throws IllegalStateException if the store could not be opened */
    @Override
    public long newId() {
        return openedOrThrow().newId();
    }

    @Override
    public Optional<Container> get(long id) throws ZseiException {
        return opened().get(id);
    }

    @Override
    public Optional<Container> find(String source, String record) throws ZseiException {
        return opened().find(source, record);
    }

    @Override
    public List<Container> children(long id) throws ZseiException {
        return opened().children(id);
    }

    @Override
    public List<Long> ancestors(long id) throws ZseiException {
        return opened().ancestors(id);
    }

    @Override
    public List<Relation> relations(long id) throws ZseiException {
        return opened().relations(id);
    }

    @Override
    public Commit apply(Changes changes) throws ZseiException {
        XodusStore store = opened();
        await(following, OPEN_SECONDS);
        try (Timer.Context timing = commits.time()) {
            return store.apply(changes);
        }
    }

    @Override
    public CompletableFuture<Commit> submit(Changes changes) {
        try {
            XodusStore store = opened();
            await(following, OPEN_SECONDS);
            return store.submit(changes);
        } catch (ZseiException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** @throws IllegalStateException if the store could not be opened */
    @Override
    public long sequence() {
        return openedOrThrow().sequence();
    }

    @Override
    public ChangePage changesAfter(long after, int limit) throws ZseiException {
        return opened().changesAfter(after, limit);
    }

    @Override
    public Optional<float[]> embedding(long id, String model) throws ZseiException {
        return opened().embedding(id, model);
    }

    @Override
    public void putEmbeddings(String model, Map<Long, float[]> vectors) throws ZseiException {
        opened().putEmbeddings(model, vectors);
    }

    @Override
    public void scan(Consumer<Container> consumer) throws ZseiException {
        opened().scan(consumer);
    }

    @Override
    public void scanRelations(Consumer<Relation> consumer) throws ZseiException {
        opened().scanRelations(consumer);
    }

    @Override
    public void scanLinks(Links links) throws ZseiException {
        opened().scanLinks(links);
    }

    @Override
    public List<Version> history(long id) throws ZseiException {
        return opened().history(id);
    }

    @Override
    public Rollback rollback(long id, int version, boolean dryRun) throws ZseiException {
        return database().rollback(id, version, dryRun);
    }

    @Override
    public Stats stats() throws ZseiException {
        return opened().stats();
    }
}
