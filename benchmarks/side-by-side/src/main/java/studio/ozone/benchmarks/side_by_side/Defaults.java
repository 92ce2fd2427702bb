package studio.ozone.benchmarks.side_by_side;

import java.lang.reflect.Proxy;
import java.util.Map;

/** Configurations with the values that hold where nobody sets any. */
public final class Defaults {

    private Defaults() {
    }

    /**
     * @param type an {@code @interface Config} of the product
     * @param set values by method, where they differ from the defaults
     */
    public static <T> T of(Class<T> type, Map<String, Object> set) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            Object value = set.getOrDefault(method.getName(), method.getDefaultValue());
            if (value == null) {
                throw new IllegalStateException(type.getName() + "." + method.getName() + " has no default");
            }
            return value;
        }));
    }
}
