package studio.ozone.llm.local;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.Provider.Message;
import studio.ozone.api.llm.Provider.Role;

/** A data home with an engine and a provider, wired as the service registry would. */
final class Home implements AutoCloseable {

    final Path folder;
    final Map<String, Object> settings = new HashMap<>();
    final MetricRegistry metrics = new MetricRegistry();
    final TestWorkers workers = TestWorkers.withoutPools();
    final PlainEgress egress;
    Machine machine = new Machine();
    private Engine engine;
    private LocalProvider provider;

    Home(Path folder) {
        this(folder, new PlainEgress());
    }

    Home(Path folder, PlainEgress egress) {
        this.folder = folder;
        this.egress = egress;
    }

    /** Settings by the names of the methods. */
    synchronized Home set(String method, Object value) {
        settings.put(method, value);
        if (engine != null) {
            engine.reconfigure(config(Engine.Config.class), config(Engine.InferenceConfig.class));
        }
        return this;
    }

    Home model(String name, byte[] content) throws IOException {
        Files.createDirectories(folder.resolve("models"));
        Files.write(folder.resolve("models").resolve(name + ".gguf"), content);
        return this;
    }

    /** A real file in the folder, not a copy of it. */
    Home model(String name, Path file) throws IOException {
        Files.createDirectories(folder.resolve("models"));
        Files.createSymbolicLink(folder.resolve("models").resolve(name + ".gguf"), file);
        return this;
    }

    synchronized Engine engine() {
        if (engine == null) {
            engine = new Engine(workers, metrics, folder, machine, config(Engine.Config.class), config(Engine.InferenceConfig.class)).with(egress);
        }
        return engine;
    }

    synchronized LocalProvider provider() {
        if (provider == null) {
            provider = new LocalProvider(engine(), workers, metrics);
        }
        return provider;
    }

    <T extends Annotation> T config(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (proxy, method, arguments) -> settings.getOrDefault(method.getName(), method.getDefaultValue())));
    }

    static Provider.Request ask(String text, int tokens) {
        return new Provider.Request(List.of(new Message(Role.USER, text)), List.of(), tokens, null);
    }

    @Override
    public void close() {
        if (provider != null) {
            provider.close();
        }
        if (engine != null) {
            engine.close();
        }
        workers.close();
        egress.close();
    }
}
