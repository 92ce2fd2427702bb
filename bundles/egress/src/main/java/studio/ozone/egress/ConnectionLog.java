package studio.ozone.egress;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import com.codahale.metrics.MetricRegistry;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.egress.Egress.Connection;

/** Keeps what left this instance and what was refused, counts it, and tells those who listen. One for all bundles. Thread-safe. */
@Component(service = ConnectionLog.class, configurationPid = ConnectionLog.PID)
@Designate(ocd = ConnectionLog.Config.class)
public final class ConnectionLog {

    static final String PID = "ozone.egress";

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLog.class);
    private static final String METRICS = "ozone_egress_";

    /** How a connection went, for the figures. */
    enum End { ANSWERED, REFUSED, FAILED }

    @ObjectClassDefinition(name = "Connections that leave", description = "The one way out to the network.")
    public @interface Config {

        @AttributeDefinition(description = "Whether anything may leave this machine, or reach another process on it by HTTP, at all.")
        boolean enabled() default true;
    }

    private final LogFiles files;
    private final MetricRegistry metrics;
    private final InstantSource clock;
    private final Map<Long, Attempt> open = new ConcurrentHashMap<>();
    private final List<Consumer<Connection>> followers = new CopyOnWriteArrayList<>();
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private long next = -1;
    private boolean complained;

    @Activate
    public ConnectionLog(@Reference MetricRegistry metrics, BundleContext context, Config config) {
        this(new LogFiles(Path.of(context.getProperty("ozone.data")).resolve("egress"), LogFiles.MOST), metrics, InstantSource.system());
    }

    ConnectionLog(LogFiles files, MetricRegistry metrics, InstantSource clock) {
        this.files = files;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Deactivate
    void close() {
        followers.clear();
        names.forEach(metrics::remove);
    }

    Attempt begin(String capability, String method, String host, int port, String key, String reason) {
        Attempt attempt = new Attempt(id(), clock.instant(), capability, method, host, port, key, reason);
        open.put(attempt.id(), attempt);
        return attempt;
    }

    /** What is said of an attempt the second time counts no more. */
    void end(Attempt attempt, End end, String outcome) {
        if (open.remove(attempt.id()) == null) {
            return;
        }
        Connection connection = attempt.ended(outcome);
        count(connection, end);
        if (connection.key() != null || end != End.ANSWERED) {
            write(connection);     // a child's answer has left nothing, and would crowd out what did
        }
        for (Consumer<Connection> follower : followers) {
            follower.accept(connection);
        }
    }

    AutoCloseable follow(Consumer<Connection> consumer) {
        // A follower that fails must not fail the connection that it is told of.
        Consumer<Connection> follower = new Consumer<>() {
            @Override
            public void accept(Connection connection) {
                try {
                    consumer.accept(connection);
                } catch (RuntimeException e) {
                    followers.remove(this);
                    LOG.warn("No longer told of connections, since it failed: {}", consumer.getClass().getName(), e);
                }
            }
        };
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    List<Connection> connections() {
        List<Connection> all = new ArrayList<>();
        synchronized (files) {
            try {
                all.addAll(files.read(clock.instant()));
            } catch (IOException e) {
                LOG.warn("The connections of the past cannot be read: {}", e.toString());
            }
        }
        open.values().forEach(attempt -> all.add(attempt.now()));
        all.sort(Comparator.comparingLong(Connection::id));
        return all.size() <= LogFiles.MOST ? all : all.subList(all.size() - LogFiles.MOST, all.size());
    }

    private long id() {
        synchronized (files) {
            if (next < 0) {
                try {
                    next = files.lastId() + 1;
                } catch (IOException e) {
                    complain(e);
                    next = 1;
                }
            }
            return next++;
        }
    }

    private void write(Connection connection) {
        synchronized (files) {
            try {
                files.append(connection, clock.instant());
                complained = false;
            } catch (IOException e) {
                complain(e);
            }
        }
    }

    /** Once, until it works again. */
    private void complain(IOException e) {
        if (!complained) {
            LOG.warn("Connections cannot be kept in the data home's folder egress, so they are shown while they last and not afterwards: {}", e.toString());
            complained = true;
        }
    }

    private void count(Connection connection, End end) {
        String capability = connection.capability().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        add(capability, end == End.REFUSED ? "refused_total" : "connections_total", 1);
        if (end != End.REFUSED) {
            add(capability, "sent_bytes_total", connection.sent());
            add(capability, "received_bytes_total", connection.received());
        }
        if (end == End.FAILED) {
            add(capability, "failed_total", 1);
        }
    }

    private void add(String capability, String figure, long count) {
        String name = METRICS + capability + "_" + figure;
        names.add(name);
        metrics.counter(name).inc(count);
    }
}
