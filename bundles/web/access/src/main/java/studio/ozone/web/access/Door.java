package studio.ozone.web.access;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.felix.http.jetty.ConnectorFactory;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.web.LoginLinks;

/**
 * The one TCP port of the instance, on the loopback address. It belongs to the same bundle as the guard, so there is no port without
 * a guard, and it moves with {@code web.http.port} while the command socket and the servlets stay as they are.
 */
@Component(service = {ConnectorFactory.class, LoginLinks.class, HealthCheck.class}, configurationPid = Door.PID)
@Designate(ocd = Door.Config.class)
public final class Door implements ConnectorFactory, LoginLinks, HealthCheck {

    static final String PID = "ozone.web.http";

    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");

    /** What a request may still take when the port moves; the request that moves it is one of them. */
    private static final Duration GRACE = Duration.ofMillis(1000);

    @ObjectClassDefinition(name = "HTTP", description = "Where the HTTP API and the web console listen. Only this machine can connect.")
    public @interface Config {
        @AttributeDefinition(description = "The loopback address that listens.", options = {@Option("127.0.0.1"), @Option("::1"),
            @Option("localhost")})
        String host() default "127.0.0.1";

        @AttributeDefinition(description = "The TCP port that listens.", min = "1", max = "65535")
        int port() default 8484;
    }

    private final Guard guard;
    private final String host;
    private final int port;
    private volatile ServerConnector connector;
    private volatile String problem;

    @Activate
    public Door(@Reference Guard guard, Config config) {
        this(guard, config.host(), config.port());
    }

    /** @param port 0 for any free one, in tests */
    Door(Guard guard, String host, int port) {
        if (!LOOPBACK.contains(host)) {
            throw new IllegalArgumentException("web.http.host is 127.0.0.1, ::1 or localhost, not " + host);
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("web.http.port is 1..65535, not " + port);
        }
        this.guard = guard;
        this.host = host;
        this.port = port;
    }

    @Override
    public Connector createConnector(Server server) {
        closeOthers(server);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(16 * 1024);
        http.addCustomizer(this::admit);
        ServerConnector created = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http)) {
            @Override
            protected void doStart() throws Exception {
                try {
                    super.doStart();
                    problem = null;
                } catch (IOException e) {
                    problem = "Nothing listens on " + host + ":" + getPort() + " (" + e.getMessage() + "): the HTTP API and the web console "
                            + "are off, commands work. Choose another port: ./ozone-core config --set web.http.port=" + (getPort() + 1);
                    LOG.error(problem);
                }
            }

            @Override
            protected void doStop() throws Exception {
                try {
                    shutdown().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    LOG.debug("Requests still run after {}; their connections are closed", GRACE);
                }
                super.doStop();
            }
        };
        created.setHost(host);
        created.setPort(port);
        created.setReuseAddress(true);
        connector = created;
        return created;
    }

    /** The container opens a port of its own before anybody else can; nothing has been served there yet, and nothing shall be. */
    private static void closeOthers(Server server) {
        for (Connector other : server.getConnectors()) {
            if (other instanceof ServerConnector) {
                try {
                    other.stop();
                } catch (Exception e) {
                    throw new IllegalStateException("The container's own port does not close, so no other is opened", e);
                }
                server.removeConnector(other);
            }
        }
    }

    private Request admit(Request request, HttpFields.Mutable headers) {
        if (!guard.inForce()) {
            throw new HttpException.RuntimeException(503, "Not ready");
        }
        return request;
    }

    @Override
    public URI create() {
        return address().resolve("login?ticket=" + guard.ticket());
    }

    @Override
    public URI address() {
        guard.shut().ifPresent(why -> {
            throw new IllegalStateException(why);
        });
        ServerConnector now = connector;
        if (now == null || !now.isOpen()) {
            throw new IllegalStateException(problem != null ? problem : "HTTP has not started yet; try again in a second.");
        }
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + now.getLocalPort() + "/");
    }

    @Override
    public Result check() {
        try {
            return new Result("web.http", Status.OK, "listens on " + address(), false);
        } catch (IllegalStateException e) {
            return new Result("web.http", Status.FAIL, e.getMessage(), false);
        }
    }
}
