package studio.ozone.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import studio.ozone.api.benchmark.BenchmarkException;
import studio.ozone.api.benchmark.BenchmarkException.Code;

/** A process of this distribution that lives in the {@link Sandbox}, started as {@code ozone-core} starts one. */
final class Instance implements AutoCloseable {

    static final String DATA = "-Dozone.data=";
    /** System property of a measured instance: the process that measures it, without which it does not live on. */
    static final String PARENT = "ozone.benchmark.parent";

    private static final String MAIN = "studio.ozone.runtime.launch.Main";
    private static final long READY_SECONDS = 120;
    private static final long STOP_SECONDS = 20;
    private static final long POLL_MS = 2;
    /** Above the ports that systems give out by themselves. Where one is taken, that instance has no HTTP, which nothing here needs. */
    private static final int LEAST_PORT = 61_000;

    /** A command that failed, while the instance goes on. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private final Sandbox sandbox;
    private final Process process;
    private final Door door;
    private final double readyMs;

    /**
     * Starts one and waits until it is ready.
     *
     * @param home the distribution
     * @param started told of the process at once
     */
    Instance(Path home, Sandbox sandbox, Consumer<Process> started) throws BenchmarkException, InterruptedException {
        this.sandbox = sandbox;
        this.door = new Door(sandbox.socket());
        long begun = System.nanoTime();
        try {
            this.process = builder(home, sandbox).start();
        } catch (IOException e) {
            throw new BenchmarkException(Code.FAILED, "An instance cannot be started from " + home + ": " + e.getMessage(), e);
        }
        started.accept(process);
        try {
            readyMs = awaitReady(begun);
        } catch (BenchmarkException | InterruptedException e) {
            kill();
            throw e;
        }
    }

    private static ProcessBuilder builder(Path home, Sandbox sandbox) {
        Path data = sandbox.data();
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@lib/jvm.options"));
        if (Files.exists(home.resolve("lib/ozone.aot"))) {
            line.addAll(List.of("-XX:AOTCache=lib/ozone.aot", "-Xlog:aot=off", "-Xlog:cds=off", "-XX:AOTMode=auto"));
        }
        line.addAll(List.of("-Dkaraf.home=" + home, "-Dkaraf.base=" + home, "-Dkaraf.etc=" + sandbox.etc(), "-Dkaraf.data=" + data.resolve("karaf"),
            "-Dkaraf.log=" + data.resolve("log"), "-Dkaraf.instances=" + data.resolve("karaf/instances"), "-Djava.io.tmpdir=" + data.resolve("karaf/tmp"),
            DATA + data, "-D" + PARENT + "=" + ProcessHandle.current().pid(), MAIN));
        ProcessBuilder builder = new ProcessBuilder(line).directory(home.toFile()).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(data.resolve("log/console.log").toFile()));
        Map<String, String> environment = builder.environment();
        for (String name : List.of("OZONE_CONFIG_PATH", "OZONE_DATA_DIR", "OZONE_GENERAL__DATA_DIR", "OZONE_ZSEI_EMBEDDINGS__ENABLED", "OZONE_ZSEI_TRAVERSAL__CACHE_HOT_PATHS", "OZONE_ZSEI_TRAVERSAL__HOT_PATH_CACHE_SIZE", "LD_LIBRARY_PATH",
                "JAVA_TOOL_OPTIONS")) {
            environment.remove(name);
        }
        environment.put("OZONE_WEB_HTTP__PORT", Integer.toString(ThreadLocalRandom.current().nextInt(LEAST_PORT, 65_536)));
        environment.put("OZONE_ZSEI__LOCAL_STORAGE_PATH", data.resolve("zsei/local").toString());
        environment.put("OZONE_ZSEI__GLOBAL_STORAGE_PATH", data.resolve("zsei/global").toString());
        environment.put("MALLOC_ARENA_MAX", "1");
        return builder;
    }

    private double awaitReady(long begun) throws BenchmarkException, InterruptedException {
        long end = begun + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!door.ready()) {
            if (!process.isAlive()) {
                throw ended("while it started");
            }
            if (System.nanoTime() > end) {
                throw new BenchmarkException(Code.FAILED, "The measured instance is not ready after " + READY_SECONDS + " s. " + logEnd());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        return (System.nanoTime() - begun) / 1e6;
    }

    /** From the start of the process until it said that it is ready. */
    double readyMs() {
        return readyMs;
    }

    long pid() {
        return process.pid();
    }

    /**
     * Runs a command in it.
     *
     * @param output gets each line that it prints
     * @throws Refused with what the command says if it fails
     * @throws BenchmarkException with the end of the log if the instance went away
     */
    void run(List<String> words, Consumer<String> output) throws Refused, BenchmarkException, InterruptedException {
        Door.Answer answer;
        try {
            answer = door.run(sandbox.files(), words, output);
        } catch (IOException e) {
            if (Thread.interrupted() || e instanceof ClosedByInterruptException) {
                throw new InterruptedException("The benchmark was cancelled");
            }
            process.waitFor(1, TimeUnit.SECONDS);
            throw process.isAlive()
                ? new BenchmarkException(Code.FAILED, "The measured instance broke off " + String.join(" ", words) + ": " + e.getMessage(), e)
                : ended("during " + String.join(" ", words));
        }
        if (answer.exit() != 0) {
            if (Space.gone(answer.message())) {
                throw new BenchmarkException(Code.DISK_FULL, "The disk is full: " + clean(answer.message()) + ". " + Space.REMEDY);
            }
            throw new Refused(clean(answer.message()));
        }
    }

    private BenchmarkException ended(String when) {
        return new BenchmarkException(Code.FAILED, "The measured instance (process " + process.pid() + ") ended " + when + ", exit code "
            + process.exitValue() + ". " + logEnd());
    }

    /** What the process said last, for the message: the logs themselves go with the folder. */
    private String logEnd() {
        List<String> last = new ArrayList<>();
        for (String log : List.of("console.log", "ozone.log")) {
            try (Stream<String> lines = Files.lines(sandbox.data().resolve("log").resolve(log))) {
                List<String> all = lines.filter(line -> log.equals("console.log") || line.contains("ERROR")).toList();
                last.addAll(all.subList(Math.max(0, all.size() - 5), all.size()));
            } catch (IOException | UncheckedIOException e) {
                last.add(log + " cannot be read: " + e.getMessage());
            }
        }
        return last.isEmpty() ? "It wrote nothing to its log" : "The end of its log:\n" + clean(String.join("\n", last));
    }

    static String clean(String foreign) {
        return foreign.replaceAll("[\\p{Cntrl}\\p{Cf}&&[^\n\t]]", "\uFFFD");
    }

    /** Ends it in order. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            kill();
        }
    }

    /** Ends it at once, whatever it does. */
    void kill() {
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).handle((ended, late) -> ended).join();
    }
}
