package studio.ozone.llm.local;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

/** Brings a server up, or finds the one that somebody else runs, and holds what it reports against what was asked for. */
final class Starter {

    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);
    /** A child reports its progress for each pass; longer than this without a byte, and it hangs. */
    private static final Duration CHILD_SILENCE = Duration.ofMinutes(2);
    private static final Duration FOREIGN_SILENCE = Duration.ofMinutes(10);
    /** Left out where an old server does not know them. */
    private static final Set<String> DISPENSABLE = Set.of("--cache-ram", "--no-webui", "--jinja", "--alias");
    private static final Pattern UNKNOWN = Pattern.compile("(?:invalid|unknown) argument: (--[a-z-]+)");
    private static final Pattern FACT = Pattern.compile("\\b(n_threads|n_ctx_slot|n_batch|n_ubatch|n_slots)\\s*[=:]\\s*(\\d{1,9})\\b|offloaded (\\d+)/(\\d+) layers");
    private static final Pattern LAYERS = Pattern.compile("gpu layers = (\\d+) of (\\d+)");
    /**
     * The server looks for a cancelled question between two passes alone, and ends one more; longer passes were no faster on a processor
     * (figures: docs/models.md).
     */
    static final int PROCESSOR_BATCH = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Options options;
    private final Options.Start wanted;
    private final Machine machine;
    private final Path dataHome;
    private final Supplier<Egress> egress;
    private final BooleanSupplier closed;

    /** @param closed whether nobody wants it any more */
    Starter(Options options, Options.Start wanted, Machine machine, Path dataHome, Supplier<Egress> egress, BooleanSupplier closed) {
        this.options = options;
        this.wanted = wanted;
        this.machine = machine;
        this.dataHome = dataHome;
        this.egress = egress;
        this.closed = closed;
    }

    /** One that somebody else runs. */
    Running connect() throws ProviderException, InterruptedException {
        Client client = new Client(egress, new Egress.Named("llm.local.server_url"), options.serverUrl(), null, FOREIGN_SILENCE);
        String model = wanted.model().isEmpty() ? client.firstModel() : wanted.model();
        if (model == null) {
            throw new ProviderException(Code.UNAVAILABLE, "The server at llm.local.server_url = " + options.serverUrl()
                + " lists no model. Load one there, or name it with llm.local.default_model.");
        }
        int reported = context(client.object("/props"));
        return new Running(wanted, null, client, options.serverUrl(), model, reported > 0 ? reported : options.context(), List.of());
    }

    /** A child of our own. */
    Running launch() throws ProviderException, InterruptedException {
        Path program = Programs.find(options.serverPath(), System.getenv("PATH"));
        Path file = new ModelFolder(options.folder()).file(wanted.model());
        Gguf model = preflight(file);
        Set<String> leftOut = new LinkedHashSet<>();
        while (true) {
            try {
                return launch(program, file, model, leftOut);
            } catch (ProviderException e) {
                Matcher unknown = UNKNOWN.matcher(String.valueOf(e.getMessage()));
                if (!unknown.find() || !DISPENSABLE.contains(unknown.group(1)) || !leftOut.add(unknown.group(1))) {
                    throw e;
                }
                LOG.info("{} does not know {}; it is started without", program, unknown.group(1));
            }
        }
    }

    private Gguf preflight(Path file) throws ProviderException {
        try {
            Gguf model = Gguf.read(file);
            long needed = Needs.bytes(model, options.context());
            long free = machine.freeBytes();
            if (options.memoryCheck() && free >= 0 && needed > free) {
                throw tooLarge(wanted.model(), needed, free);
            }
            return model;
        } catch (ModelException e) {
            throw new ProviderException(Code.UNAVAILABLE, e.getMessage(), e);
        } catch (IOException e) {
            throw new ProviderException(Code.UNAVAILABLE, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static ProviderException tooLarge(String name, long needed, long free) {
        return new ProviderException(Code.UNAVAILABLE, "The model " + name + " needs " + Needs.gigabytes(needed) + " of memory, free are " + Needs.gigabytes(free)
            + ". Take a smaller one (ozone-core model recommend), lower llm.local.inference.context_length, or use it all the same: ozone-core model use "
            + name + " --force.");
    }

    private Running launch(Path program, Path file, Gguf model, Set<String> leftOut) throws ProviderException, InterruptedException {
        int layers = gpuLayers(model);
        String key = HexFormat.of().formatHex(random());
        List<String> facts = new ArrayList<>();
        Child child = null;
        Path keyFile = null;
        boolean up = false;
        try {
            keyFile = keyFile(key);
            child = Child.start(command(program, file, keyFile, model, layers, leftOut), line -> facts(line, facts));
            Running running = await(child, program, key, facts);
            verify(running, model, layers);
            up = true;
            return running;
        } catch (IOException e) {
            throw new ProviderException(Code.UNAVAILABLE, program + " cannot be started: " + e.getMessage(), e);
        } finally {
            if (!up && child != null) {
                child.close();
            }
            remove(keyFile);
        }
    }

    private List<String> command(Path program, Path file, Path keyFile, Gguf model, int layers, Set<String> leftOut) {
        String batch = Integer.toString(batch(layers));
        String threads = Integer.toString(threads());
        List<String> command = new ArrayList<>(List.of(program.toString(), "--model", file.toString(), "--host", "127.0.0.1", "--port", "0",
            "--api-key-file", keyFile.toString(), "--parallel", "1", "--ctx-size", Long.toString(context(model)), "--batch-size", batch,
            "--ubatch-size", batch, "--threads", threads, "--threads-batch", threads, "--n-gpu-layers", Integer.toString(layers)));
        Map.of("--alias", wanted.model(), "--cache-ram", "0", "--no-webui", "", "--jinja", "").forEach((name, value) -> {
            if (!leftOut.contains(name)) {
                command.add(name);
                if (!value.isEmpty()) {
                    command.add(value);
                }
            }
        });
        return command;
    }

    private long context(Gguf model) {
        return model.contextLength() > 0 ? Math.min(options.context(), model.contextLength()) : options.context();
    }

    private int threads() {
        return options.threads() > 0 ? options.threads() : Math.max(1, machine.cores() - 2);
    }

    /** @param layers on the GPU */
    private int batch(int layers) {
        return layers > 0 ? options.batch() : Math.min(options.batch(), PROCESSOR_BATCH);
    }

    private int gpuLayers(Gguf model) throws ProviderException {
        if (options.gpuLayers() == 0) {
            return 0;
        }
        Machine.Gpu gpu = machine.gpu();
        if (gpu == null) {
            LOG.warn("llm.local.inference.gpu_layers = {}, but this machine has no GPU: all layers run on the processor", options.gpuLayers());
            return 0;
        }
        long needed = Needs.videoBytes(model, options.gpuLayers());
        if (options.memoryCheck() && gpu.bytes() > 0 && needed > gpu.bytes()) {
            throw new ProviderException(Code.UNAVAILABLE, "llm.local.inference.gpu_layers = " + options.gpuLayers() + " of the model " + wanted.model() + " need "
                + Needs.gigabytes(needed) + " of video memory, " + gpu.name() + " has " + Needs.gigabytes(gpu.bytes()) + ". Lower it, or use it all the same: "
                + "ozone-core model use " + wanted.model() + " --force.");
        }
        return options.gpuLayers();
    }

    private Running await(Child child, Path program, String key, List<String> facts) throws ProviderException, InterruptedException {
        long deadline = System.nanoTime() + options.start().toNanos();
        Client client = null;
        for (long pause = 10; true; pause = Math.min(250, pause * 5 / 4)) {
            child.poll();
            if (!child.alive()) {
                throw new ProviderException(Code.FAILED, program + " " + child.end() + " before it was ready. " + child.said()
                    + " Is it llama.cpp's llama-server, and new enough for this model?");
            }
            if (client == null && child.port() > 0) {
                client = new Client(egress, new Egress.Child(child.launcher(), child.port()), "http://127.0.0.1:" + child.port(), key, CHILD_SILENCE);
            }
            if (client != null && healthy(client)) {
                int reported = context(client.object("/props"));
                return new Running(wanted, child, client, program.toString(), wanted.model(), reported > 0 ? reported : options.context(), List.copyOf(facts));
            }
            if (System.nanoTime() > deadline) {
                throw new ProviderException(Code.FAILED, program + (client == null ? " did not say within " : " was not ready within ") + options.start().toSeconds()
                    + " s" + (client == null ? " where it listens" : "") + " (llm.local.start_seconds), and was ended. " + child.said());
            }
            if (closed.getAsBoolean()) {
                throw new ProviderException(Code.UNAVAILABLE, "Local models were switched off.");
            }
            child.awaitEnd(pause);
        }
    }

    private static boolean healthy(Client client) throws ProviderException, InterruptedException {
        try {
            return client.get("/health").status() == 200;
        } catch (ProviderException e) {
            if (e.code() == Code.FAILED) {
                return false;     // not there yet: the deadline and the child's own end are watched
            }
            throw e;
        }
    }

    /** What the server reports against what was asked for. */
    private void verify(Running running, Gguf model, int layers) {
        if (running.context() < context(model)) {
            LOG.warn("{} reports a context of {} tokens; llm.local.inference.context_length asks for {}", running.program(), running.context(), context(model));
        }
        for (String fact : running.facts()) {
            long asked = fact.startsWith("n_threads =") ? threads() : fact.startsWith("n_batch =") || fact.startsWith("n_ubatch =") ? batch(layers) : -1;
            long said = asked < 0 ? -1 : Long.parseLong(fact.substring(fact.indexOf('=') + 2));
            if (asked != said && said >= 0) {
                LOG.warn("{} reports {}; asked for were {}", running.program(), fact, asked);
            }
            Matcher gpu = LAYERS.matcher(fact);
            if (gpu.matches() && Long.parseLong(gpu.group(1)) < Math.min(layers, Long.parseLong(gpu.group(2)))) {
                LOG.warn("{} reports {}; llm.local.inference.gpu_layers asks for {}", running.program(), fact, layers);
            }
        }
    }

    private static void facts(String line, List<String> facts) {
        Matcher found = FACT.matcher(line);
        while (found.find()) {
            String fact = found.group(1) != null ? found.group(1) + " = " + found.group(2) : "gpu layers = " + found.group(3) + " of " + found.group(4);
            if (!facts.contains(fact) && facts.size() < 16) {
                facts.add(fact);
            }
        }
    }

    /** Tokens of one slot as {@code /props} has it; 0 where it does not. */
    static int context(Map<String, Object> props) {
        return props.get("default_generation_settings") instanceof Map<?, ?> settings && settings.get("n_ctx") instanceof Number number ? number.intValue() : 0;
    }

    private static byte[] random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** The child reads its key from a file that only this user may read, since everybody may read a command line. */
    private Path keyFile(String key) throws IOException {
        Path folder = dataHome.resolve("run");
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
            : new FileAttribute<?>[0];
        Files.createDirectories(folder);
        return Files.writeString(Files.createTempFile(folder, "llm-local-", ".key", ownerOnly), key + "\n");
    }

    private static void remove(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{} could not be deleted: {}", file, e.getMessage());
        }
    }
}
