package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.ExecutorService;

import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Process;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.runtime.Workers;

/**
 * What this bundle does in a process without being asked. In a measured instance it offers the command {@code benchmark:step}, which works through
 * one step with the instance's own services, and ends the process when the one that measures is gone. In any other instance it takes away what a run
 * left behind that was killed. Immediate for these; nothing else happens here.
 */
@Component(service = Inside.class, immediate = true)
public final class Inside implements Function {

    static final String SCOPE = "benchmark";
    static final String STEP = "step";
    private static final Logger LOG = LoggerFactory.getLogger(Inside.class);

    private final BundleContext context;
    private final Workers workers;
    private final ServiceRegistration<?> command;
    private Steps steps;

    @Activate
    public Inside(BundleContext context, @Reference Workers workers) {
        this.context = context;
        this.workers = workers;
        String parent = System.getProperty(Instance.PARENT);
        if (parent == null) {
            command = null;
            tidy(context.getProperty("ozone.data"));
            return;
        }
        // The wait for another process is a thread of the JDK's own; it ends with this one.
        ProcessHandle.of(Long.parseLong(parent)).ifPresentOrElse(process -> process.onExit().thenRun(Inside::end), Inside::end);
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("osgi.command.scope", SCOPE);
        properties.put("osgi.command.function", STEP);
        command = context.registerService(Function.class, this, properties);
    }

    private static void end() {
        Runtime.getRuntime().halt(1);
    }

    private void tidy(String data) {
        if (data == null || !Sandbox.in(Path.of(data)).exists()) {
            return;
        }
        ExecutorService pool = workers.pool("tidy", 1);
        pool.execute(() -> {
            try {
                Sandbox.in(Path.of(data)).remove();
                LOG.info("What a benchmark left behind that was broken off has been taken away");
            } catch (IOException e) {
                LOG.warn("What a benchmark left behind cannot be taken away: {}", e.getMessage());
            }
        });
    }

    @Deactivate
    void close() {
        if (command != null) {
            command.unregister();
        }
    }

    @Override
    public synchronized Object execute(CommandSession session, List<Object> arguments) throws Exception {
        Process process = Process.Utils.current();
        if (steps == null) {
            steps = new Steps(this::service, workers, Path.of(context.getProperty("ozone.data")).resolveSibling("files"));
        }
        steps.run(arguments.stream().map(String::valueOf).toList(), new Told.Speaker(process == null ? session.getConsole() : process.out()));
        return null;
    }

    /** Held as long as this process lives: it is measured, and ends soon. */
    private <S> S service(Class<S> type) {
        ServiceReference<S> reference = context.getServiceReference(type);
        S service = reference == null ? null : context.getService(reference);
        if (service == null) {
            throw new IllegalArgumentException("There is no " + type.getSimpleName() + " in this instance: it is switched off, or not installed");
        }
        return service;
    }
}
