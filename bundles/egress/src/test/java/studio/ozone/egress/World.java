package studio.ozone.egress;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLSocketFactory;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.egress.Egress.Connection;
import studio.ozone.api.egress.Egress.Destination;
import studio.ozone.api.egress.Egress.Limits;
import studio.ozone.api.egress.Egress.Named;
import studio.ozone.api.egress.Egress.Request;

/** Settings, a resolver and a log without a framework. */
final class World {

    static final String KEY = "llm.local.server_url";
    static final Limits LIMITS = new Limits(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20), 1 << 20);

    final Map<String, Object> values = new HashMap<>();
    final Map<String, List<String>> names = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<InetSocketAddress> connected = new CopyOnWriteArrayList<>();
    final MetricRegistry metrics = new MetricRegistry();
    final ConnectionLog log;
    private final SSLSocketFactory tls;
    UnaryOperator<InetSocketAddress> route = UnaryOperator.identity();

    World(Path folder) {
        this(folder, null);
    }

    World(Path folder, SSLSocketFactory tls) {
        this.tls = tls;
        this.log = new ConnectionLog(new LogFiles(folder, LogFiles.MOST), metrics, InstantSource.system());
    }

    World set(String key, Object value) {
        values.put(key, value);
        return this;
    }

    Settings settings() {
        return (Settings) Proxy.newProxyInstance(World.class.getClassLoader(), new Class<?>[] {Settings.class}, (proxy, method, arguments) -> {
            if (!method.getName().equals("get")) {
                throw new UnsupportedOperationException(method.getName());
            }
            String key = (String) arguments[0];
            if (!values.containsKey(key)) {
                throw new SettingsException(SettingsException.Code.UNKNOWN_KEY, key + " is not known");
            }
            return new Settings.Setting(key, values.get(key), null, "string", "", "", "", Settings.Applies.LIVE, null, "default", null, 0, null);
        });
    }

    Resolver resolver() {
        return (name, within) -> {
            asked.add(name);
            List<String> addresses = names.get(name);
            if (addresses == null) {
                throw new UnknownHostException(name);
            }
            return addresses.stream().map(InetAddress::ofLiteral).toList();
        };
    }

    Policy policy() {
        return new Policy(resolver());
    }

    Sender sender(String capability) {
        return new Sender(capability, settings(), new Policy(resolver()), new Hop.Lines(() -> tls, address -> {
            connected.add(address);
            return route.apply(address);
        }), log);
    }

    List<Connection> connections() {
        return log.connections();
    }

    static Request get(String uri) {
        return request(new Named(KEY), "GET", uri, null, LIMITS);
    }

    static Request post(String uri, String body) {
        return request(new Named(KEY), "POST", uri, body, LIMITS);
    }

    static Request request(Destination to, String method, String uri, String body, Limits limits) {
        return new Request(to, method, URI.create(uri), Map.of("Accept", "*/*"), Map.of("Authorization", "Bearer sesame"),
            body == null ? null : body.getBytes(StandardCharsets.UTF_8), "test", limits);
    }
}
