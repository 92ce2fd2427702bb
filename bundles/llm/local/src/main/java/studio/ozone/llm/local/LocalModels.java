package studio.ozone.llm.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.llm.Models;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;

/** The files of the models, and what is loaded of them. */
@Component(service = Models.class)
public final class LocalModels implements Models {

    private static final String CHOSEN = "llm.local.default_model";
    private static final String CHECK = "llm.local.memory_check";

    private final Engine engine;
    private final Settings settings;
    private final Workers workers;
    /** Guards what is written aside: two downloads of one name would write the same file. */
    private final Object writing = new Object();
    private boolean busy;

    @Activate
    public LocalModels(@Reference Engine engine, @Reference Settings settings, @Reference Workers workers) {
        this.engine = engine;
        this.settings = settings;
        this.workers = workers;
    }

    @Override
    public List<Model> list() throws ProviderException {
        List<Model> models = new ArrayList<>();
        ModelFolder folder = folder();
        for (String name : folder.names()) {
            models.add(model(folder, name));
        }
        for (String name : folder.misnamed()) {
            Path file = folder.folder().resolve(name + ModelFolder.ENDING);
            models.add(new Model(name, name, file, size(file), "", "", 0, 0, 0, false, 0, false, null, null, Client.shown(file.toString()) + ": a model's name has"
                + " letters of ASCII, digits and . _ + - alone. Rename the file, or take it in with a name that has: ozone-core model add FILE"));
        }
        return models;
    }

    @Override
    public Shown show(String name, boolean verify, Progress progress) throws ProviderException, InterruptedException {
        ModelFolder folder = folder();
        Path file = folder.file(name);
        Model model = model(folder, plain(file));
        Boolean verified = null;
        if (verify) {
            if (model.sha256() == null) {
                throw new ProviderException(Code.UNAVAILABLE, "No SHA-256 is recorded for " + model.name() + ": it was put there by hand. ozone-core model add " + file
                    + " --force records one.");
            }
            try {
                String now = ModelFolder.sha256(file, progress);
                if (!now.equals(model.sha256())) {
                    throw new ProviderException(Code.FAILED, file + " is not what was recorded: its SHA-256 is " + now + ", recorded is " + model.sha256()
                        + ". Get it again from a source you trust.");
                }
                verified = true;
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
        return new Shown(model, engine.machine().freeBytes(), Needs.guide(model.parameters()), verified);
    }

    @Override
    public Model add(Path file, boolean force, Progress progress) throws ProviderException, InterruptedException {
        return writing(() -> {
            String name = ModelFolder.nameOf(file.getFileName() == null ? "" : file.getFileName().toString());
            ModelFolder folder = folder();
            Gguf head = checked(file);
            fits(name, head, force);
            boolean own = Files.exists(folder.folder()) && file.toAbsolutePath().normalize().startsWith(folder.folder().toAbsolutePath());
            if (!own || !force) {
                folder.refuseToReplace(name, force);
            }
            folder.room(head.bytes());
            Path aside = folder.aside(name);
            boolean placed = false;
            try {
                String sha256 = ModelFolder.copy(file, aside, progress);
                checked(aside);
                folder.place(aside, name, new ModelFolder.Record(sha256, file.toString()));
                placed = true;
                return model(folder, name);
            } catch (IOException e) {
                throw unreadable(file, e);
            } finally {
                if (!placed) {
                    delete(aside);
                }
            }
        });
    }

    @Override
    public Model pull(String reference, String sha256, boolean force, Progress progress) throws ProviderException, InterruptedException {
        if (sha256 != null && !sha256.matches("(?i)[0-9a-f]{64}")) {
            throw new ProviderException(Code.INVALID, "A SHA-256 has 64 hexadecimal digits, not '" + Client.shown(sha256) + "'.");
        }
        return writing(() -> {
            ModelFolder folder = folder();
            Download download = new Download(engine.egress(), folder, reference, progress);
            folder.refuseToReplace(download.name(), force);
            String told = download.told();
            String wanted = sha256 == null ? told : sha256.toLowerCase(Locale.ROOT);
            Path part = download.fetch();
            try {
                String now = ModelFolder.sha256(part, progress);
                if (wanted != null && !now.equals(wanted)) {
                    Files.delete(part);
                    throw new ProviderException(Code.FAILED, download.uri() + " is not what it should be: its SHA-256 is " + now + ", "
                        + (sha256 == null ? "the server says " : "you gave ") + wanted + ". It was deleted.");
                }
                Gguf head;
                try {
                    head = checked(part);
                } catch (ProviderException e) {
                    Files.delete(part);
                    throw e;
                }
                fits(download.name(), head, force);     // what has come stays for --force
                folder.place(part, download.name(), new ModelFolder.Record(now, reference));
                return model(folder, download.name());
            } catch (IOException e) {
                throw unreadable(part, e);
            }
        });
    }

    @Override
    public Model remove(String name) throws ProviderException, InterruptedException {
        ModelFolder folder = folder();
        Model model = model(folder, plain(folder.file(name)));
        for (Loaded loaded : engine.loaded()) {
            if (loaded.model().equals(model.name()) && loaded.pid() >= 0) {
                engine.release();
            }
        }
        folder.remove(model.name());
        return model;
    }

    @Override
    public Model use(String name, boolean force, Origin origin) throws ProviderException, SettingsException {
        ModelFolder folder = folder();
        Path file = folder.file(name);
        fits(plain(file), checked(file), force);
        Map<String, String> set = new LinkedHashMap<>(Map.of(CHOSEN, plain(file)));
        if (force) {
            set.put(CHECK, "false");
        }
        settings.apply(new Edit.Keys(set, List.of()), origin);
        return described(folder, plain(file), true);
    }

    @Override
    public List<Loaded> ps() {
        return engine.loaded();
    }

    @Override
    public Advice recommend() {
        Machine machine = engine.machine();
        long free = machine.freeBytes();
        Machine.Gpu gpu = machine.gpu();
        int layers = gpu == null ? 0 : gpu.bytes() == 0 ? -1 : (int) Math.min(1_000, gpu.bytes() / Needs.LAYER_BYTES);
        return new Advice(free, gpu == null ? null : gpu.name(), gpu == null ? 0 : gpu.bytes(), layers, Needs.fits(free));
    }

    private interface Work {
        Model run() throws ProviderException, InterruptedException;
    }

    private Model writing(Work work) throws ProviderException, InterruptedException {
        synchronized (writing) {
            if (busy) {
                throw new ProviderException(Code.UNAVAILABLE, "Another model is being taken in; try again when that is done.");
            }
            busy = true;
        }
        try (Workers.Working counted = workers.working()) {
            return work.run();
        } finally {
            synchronized (writing) {
                busy = false;
            }
        }
    }

    private ModelFolder folder() {
        return new ModelFolder(engine.options().folder());
    }

    private static String plain(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ModelFolder.ENDING.length());
    }

    private void fits(String name, Gguf head, boolean force) throws ProviderException {
        long needed = Needs.bytes(head, engine.options().context());
        long free = engine.machine().freeBytes();
        if (!force && free >= 0 && needed > free) {
            throw Starter.tooLarge(name, needed, free);
        }
    }

    private Model model(ModelFolder folder, String name) throws ProviderException {
        String configured = engine.options().model();
        return described(folder, name, configured.isEmpty() ? folder.names().size() == 1 : configured.equals(name));
    }

    private Model described(ModelFolder folder, String name, boolean chosen) throws ProviderException {
        Path file = folder.file(name);
        ModelFolder.Record record = folder.record(name);
        try {
            Gguf head = Gguf.read(file);
            return new Model(name, head.name(), file, head.bytes(), head.architecture(), head.quantisation(), head.parameters(), head.layers(),
                head.contextLength(), head.chatTemplate(), Needs.bytes(head, engine.options().context()), chosen, record.sha256(), record.source(), null);
        } catch (ModelException | IOException e) {
            return new Model(name, name, file, size(file), "", "", 0, 0, 0, false, 0, chosen, record.sha256(), record.source(), e.getMessage());
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;     // it cannot be read, which the model's problem says
        }
    }

    private static Gguf checked(Path file) throws ProviderException {
        try {
            return Gguf.read(file);
        } catch (ModelException e) {
            throw new ProviderException(Code.INVALID, e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ProviderException unreadable(Path file, IOException e) {
        return new ProviderException(Code.FAILED, file + " cannot be read or written: " + e.getMessage(), e);
    }

    private static void delete(Path file) throws ProviderException {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }
}
