package studio.ozone.egress;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.EgressException;

/** The real way out as llm.api has it, without a framework; {@code localhost} is the only name there is. */
public final class WayOut implements Egress {

    private final ConnectionLog log;
    private final Sender sender;

    /** @param values the value of a key; null where it is not known */
    public WayOut(Path folder, Function<String, Object> values) {
        log = new ConnectionLog(new LogFiles(folder, LogFiles.MOST), new MetricRegistry(), InstantSource.system());
        sender = new Sender("llm.api", settings(values), new Policy((name, within) -> {
            if (!name.equals("localhost")) {
                throw new UnknownHostException(name);
            }
            return List.of(InetAddress.ofLiteral("127.0.0.1"));
        }), new Hop.Lines(() -> null, UnaryOperator.identity()), log);
    }

    private static Settings settings(Function<String, Object> values) {
        return (Settings) Proxy.newProxyInstance(WayOut.class.getClassLoader(), new Class<?>[] {Settings.class}, (proxy, method, arguments) -> {
            String key = (String) arguments[0];
            Object value = values.apply(key);
            if (value == null) {
                throw new SettingsException(SettingsException.Code.UNKNOWN_KEY, key + " is not known");
            }
            return new Settings.Setting(key, value, null, "string", "", "", "", Settings.Applies.LIVE, null, "default", null, 0, null);
        });
    }

    @Override
    public Response send(Request request) throws EgressException, InterruptedException {
        return sender.send(request);
    }

    @Override
    public List<Connection> connections() {
        return log.connections();
    }

    @Override
    public AutoCloseable follow(Consumer<Connection> consumer) {
        return log.follow(consumer);
    }

    @Override
    public List<Reach> reaches() {
        return List.of();
    }
}
