package studio.ozone.llm.api;

import java.lang.reflect.Proxy;
import java.util.Map;

/** A configuration: the defaults of its methods, and what a test wants otherwise. */
final class Configs {

    private Configs() {
    }

    static <T> T of(Class<T> type, Map<String, ?> values) {
        for (String name : values.keySet()) {
            try {
                type.getMethod(name);
            } catch (NoSuchMethodException e) {
                throw new AssertionError("There is no key " + name, e);
            }
        }
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> values.containsKey(method.getName()) ? values.get(method.getName()) : method.getDefaultValue()));
    }
}
