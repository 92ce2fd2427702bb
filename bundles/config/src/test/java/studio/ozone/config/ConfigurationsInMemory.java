package studio.ozone.config;

import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.Hashtable;
import java.util.Map;
import java.util.TreeMap;

import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Config Admin in memory; counts what is written. */
final class ConfigurationsInMemory {

    final Map<String, Dictionary<String, Object>> byPid = new TreeMap<>();
    int writes;

    ConfigurationAdmin admin() {
        return proxy(ConfigurationAdmin.class, (method, arguments) -> switch (method) {
            case "getConfiguration" -> configuration(arguments[0].toString());
            case "listConfigurations" -> {
                String pattern = arguments[0].toString().replaceAll("\\(service\\.pid=(.*)\\)", "$1");
                Configuration[] found = byPid.keySet().stream().filter(pid -> pattern.endsWith("*")
                    ? pid.startsWith(pattern.substring(0, pattern.length() - 1)) : pid.equals(pattern))
                    .map(this::configuration).toArray(Configuration[]::new);
                yield found.length == 0 ? null : found;
            }
            default -> throw new UnsupportedOperationException(method);
        });
    }

    /** What a shell or the web console does. */
    void change(String pid, String key, Object value) {
        Dictionary<String, Object> changed = copy(byPid.get(pid));
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        byPid.put(pid, changed);
    }

    Object get(String pid, String key) {
        return byPid.get(pid) == null ? null : byPid.get(pid).get(key);
    }

    private Configuration configuration(String pid) {
        return proxy(Configuration.class, (method, arguments) -> {
            switch (method) {
                case "getPid":
                    return pid;
                case "getFactoryPid":
                    return null;
                case "getProperties":
                    return byPid.get(pid) == null ? null : copy(byPid.get(pid));
                case "update":
                    writes++;
                    Dictionary<String, Object> values = copy((Dictionary<?, ?>) arguments[0]);
                    values.put("service.pid", pid);
                    byPid.put(pid, values);
                    return null;
                case "delete":
                    writes++;
                    byPid.remove(pid);
                    return null;
                default:
                    throw new UnsupportedOperationException(method);
            }
        });
    }

    private static Dictionary<String, Object> copy(Dictionary<?, ?> from) {
        Dictionary<String, Object> copy = new Hashtable<>();
        if (from != null) {
            for (Enumeration<?> keys = from.keys(); keys.hasMoreElements();) {
                Object key = keys.nextElement();
                copy.put(key.toString(), from.get(key));
            }
        }
        return copy;
    }

    private interface Call {
        Object on(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> call.on(method.getName(), arguments)));
    }
}
