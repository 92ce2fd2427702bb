package studio.ozone.runtime.capabilities;

import java.lang.reflect.Proxy;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** As much of Config Admin as the switches read. */
final class ConfigurationsInMemory {

    private final Map<String, Map<String, Object>> byPid = new ConcurrentHashMap<>();

    void set(String pid, String key, Object value) {
        byPid.put(pid, Map.of(key, value));
    }

    void delete(String pid) {
        byPid.remove(pid);
    }

    ConfigurationAdmin admin() {
        return proxy(ConfigurationAdmin.class, (method, arguments) -> {
            if (!method.equals("listConfigurations")) {
                throw new UnsupportedOperationException(method);
            }
            Map<String, Object> found = byPid.get(arguments[0].toString().replaceAll("\\(service\\.pid=(.*)\\)", "$1"));
            return found == null ? null : new Configuration[] {configuration(found)};
        });
    }

    private static Configuration configuration(Map<String, Object> properties) {
        return proxy(Configuration.class, (method, arguments) -> {
            if (!method.equals("getProperties")) {
                throw new UnsupportedOperationException(method);
            }
            return new Hashtable<>(properties);
        });
    }

    private interface Call {
        Object on(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> call.on(method.getName(), arguments)));
    }
}
