package studio.ozone.shell;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.apache.karaf.shell.api.console.Session;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Runs a command as somebody would who typed it, where these services are there and no others. */
final class Typed {

    private final Map<Class<?>, Object> services = new HashMap<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Object returned;

    <S> Typed with(Class<S> type, S service) {
        services.put(type, service);
        return this;
    }

    /** What the command returned last. */
    Object returned() {
        return returned;
    }

    /** What it has printed so far, while it runs. */
    String soFar() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** @return what the command has printed, where its output is no terminal */
    String run(OzoneCommand command) throws Exception {
        printed.reset();
        PrintStream console = new PrintStream(printed, true, StandardCharsets.UTF_8);
        command.session = proxy(Session.class, (name, arguments) -> switch (name) {
            case "getConsole" -> console;
            case "currentDir" -> Path.of("/");
            default -> null;
        });
        Map<ServiceReference<?>, Object> references = new HashMap<>();
        command.context = proxy(BundleContext.class, (name, arguments) -> switch (name) {
            case "getServiceReference" -> {
                Object service = services.get(arguments[0]);
                if (service == null) {
                    yield null;
                }
                ServiceReference<?> reference = proxy(ServiceReference.class, (method, ignored) -> switch (method) {
                    case "hashCode" -> System.identityHashCode(service);
                    case "equals" -> false;
                    default -> null;
                });
                references.put(reference, service);
                yield reference;
            }
            case "getService" -> references.entrySet().stream().filter(each -> each.getKey() == arguments[0]).findFirst().orElseThrow().getValue();
            case "ungetService" -> true;
            default -> throw new UnsupportedOperationException(name);
        });
        returned = command.execute();
        return soFar();
    }

    /** Forgets a service, as if its bundle had stopped. */
    void without(Class<?> type) {
        services.remove(type);
    }

    @FunctionalInterface
    private interface Answering {
        Object answer(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answering answering) {
        return type.cast(Proxy.newProxyInstance(Typed.class.getClassLoader(), new Class<?>[] {type},
            (proxy, method, arguments) -> answering.answer(method.getName(), arguments)));
    }
}
