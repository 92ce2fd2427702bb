package studio.ozone.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

/**
 * The configuration: files and environment on one side, Config Admin on the other, kept equal in both directions. Precedence,
 * ownership and write-back are explained in {@code docs/adr/0003-configuration.md}, profiles and history in
 * {@code docs/adr/0005-configuration-history.md}.
 *
 * <p>Immediate, because everything that the files say has to be in Config Admin before the bundles of higher start levels, which are
 * governed by it, start: so nothing starts with one value and is changed to another.
 */
@Component(service = {Settings.class, FileSettings.class}, immediate = true)
public final class FileSettings implements Settings {

    /** How long after its start the instance has other things to do than to read the history, as long as nobody asks. */
    private static final long STARTED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Logger LOG = LoggerFactory.getLogger(FileSettings.class);

    private final EtcFiles etc;
    private final ConfigurationTarget target;
    private final Supplier<Schema> schemas;
    private final Map<String, String> variables;
    private final Intake intake;
    private final Profiles profiles;
    private final Recorder recorder;
    private final LongSupplier nanos;

    // All of these are guarded by this object's lock; the volatile ones may be read without.
    private final Map<String, Problem> rejectedChanges = new TreeMap<>();
    private long startedAt;
    /** Whether what is written to Config Admin at the moment is written by this class. */
    private boolean applying;
    private volatile List<Problem> problems = List.of();
    private volatile SourceReader reader;
    private volatile InForce state;

    @Activate
    public FileSettings(@Reference ConfigurationAdmin admin, BundleContext context) throws IOException {
        this(EtcFiles.of(Path.of(context.getProperty("karaf.etc")).toAbsolutePath(), System.getenv(Environment.USER_FILE)),
            new LastGood(context.getDataFile("last-good").toPath()), new ConfigurationTarget(admin), schemas(context), System.getenv(),
            System::nanoTime);
        start();
    }

    FileSettings(EtcFiles etc, LastGood lastGood, ConfigurationTarget target, Supplier<Schema> schemas,
            Map<String, String> variables, LongSupplier nanos) {
        this.etc = etc;
        this.target = target;
        this.schemas = schemas;
        this.variables = variables;
        this.nanos = nanos;
        this.intake = new Intake(etc, lastGood, nanos);
        this.profiles = new Profiles(etc.profiles());
        this.recorder = new Recorder(etc, new History(etc.history()), InstantSource.system());
        Schema none = new Schema(List.of(), List.of(), List.of());
        Layers empty = new Layers(etc.order(), List.of(), Environment.NONE);
        this.reader = new SourceReader(none);
        this.state = new InForce(none, empty, empty);
    }

    private static Supplier<Schema> schemas(BundleContext context) {
        BundleKeys keys = new BundleKeys(context, new KeyCache(context.getDataFile("keys").toPath()));
        return keys::schema;
    }

    /** Reads everything and puts it in force. A file that is wrong counts as it was when it was last right. */
    synchronized void start() throws IOException {
        long begin = System.nanoTime();
        startedAt = nanos.getAsLong();
        Schema schema = schemas.get();
        reader = new SourceReader(schema);
        Layers empty = new Layers(etc.order(), List.of(), Environment.NONE);
        Layers files = intake.first(new InForce(schema, empty, empty), reader);
        Layers all = files.with(environment(schema, files));
        InForce started = new InForce(schema, all, all);
        recorder.started(started);
        inForce(started);
        LOG.debug("{} files in force after {} ms", all.sources().size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    /** The environment, without what would contradict the files. */
    private Environment environment(Schema schema, Layers files) {
        Environment read = new Checker(schema).check(variables);
        Layers without = files.with(Environment.NONE);
        Layers with = files.with(read);
        List<Problem> all = new ArrayList<>(read.problems());
        Map<String, Object> values = new LinkedHashMap<>(read.values());
        for (Consistency.Clash clash : new Consistency(new InForce(schema, with, with))
                .clashesBeyond(new Consistency(new InForce(schema, without, without)))) {
            String key = values.containsKey(clash.one()) ? clash.one() : clash.other();
            values.remove(key);
            all.add(new Problem(null, 0, 0, key, "The environment variable " + read.variable(key) + " has no effect: " + clash.message()
                + " Correct or unset it, and start again.", true));
        }
        rejectedChanges.keySet().removeIf(key -> key.startsWith(Item.ENVIRONMENT)
            && all.stream().noneMatch(problem -> key.endsWith(problem.message())));
        all.forEach(problem -> {
            if (rejectedChanges.put(Item.ENVIRONMENT + problem.message(), problem) == null) {
                LOG.warn(problem.message());
            }
        });
        return new Environment(values, read.variables(), List.copyOf(all));
    }

    private void inForce(InForce now) throws IOException {
        state = now;
        List<Problem> all = new ArrayList<>();
        Map<Path, List<Problem>> refused = intake.problems();
        refused.values().forEach(all::addAll);
        now.layers().sources().values().stream().filter(source -> !refused.containsKey(source.file())).forEach(source -> all.addAll(source.problems()));
        all.addAll(rejectedChanges.values());
        if (refused.isEmpty()) {
            new Consistency(now).clashes().forEach(clash -> all.add(new Problem(null, 0, 0, clash.one(), clash.message(), true)));
        }
        problems = List.copyOf(all);
        applying = true;
        try {
            target.apply(now.layers().byPid());
        } finally {
            applying = false;
        }
    }

    private InForce with(Layers layers) {
        return new InForce(state.schema(), layers, state.atStart());
    }

    /**
     * Looks at all files and takes up what has changed and has settled.
     *
     * @return whether something has changed that has not settled yet: look again soon
     */
    synchronized boolean scan() throws IOException {
        Intake.Scan scan = intake.scan(state, reader);
        if (scan.changed() || nanos.getAsLong() - startedAt > STARTED_NANOS) {
            recorder.begin(reader);
        }
        if (scan.changed()) {
            InForce before = state;
            inForce(with(scan.layers()));
            if (!scan.taken().isEmpty()) {
                recorder.files(before, state, scan.taken());
            }
        }
        return scan.again();
    }

    /** The bundles have changed, and with them the known keys: everything is checked anew, and what has become wrong is let go. */
    synchronized void bundlesChanged() throws IOException {
        Schema schema = schemas.get();
        reader = new SourceReader(schema);
        intake.reconsiderAll();
        Layers files = state.layers().with(state.layers().sources().values().stream().map(reader::again).toList());
        InForce before = state;
        inForce(new InForce(schema, files.with(environment(schema, files)), before.atStart()));
        recorder.bundles(before, state, reader);
    }

    /**
     * A configuration of ours has been updated just now, by whomever; called while he waits, so that his next step finds this one done.
     * A file that Karaf's shell has written besides is put back: once its command has ended, whatever becomes of it is somebody's will.
     *
     * @param user who did it
     */
    synchronized void configurationUpdated(String pid, String user) throws IOException {
        if (applying) {
            return;
        }
        String fileName;
        applying = true;
        try {
            fileName = target.untie(pid);
        } finally {
            applying = false;
        }
        if (fileName != null) {
            intake.putBack(fileName, state.layers());
        }
        configurationChanged(pid, new Origin(fileName != null ? "shell" : "console", user));
    }

    /**
     * A configuration of ours may have been changed by somebody else (Karaf's shell, the web console): a change that is right is written
     * to the file that owns the key, and one that is not is undone.
     *
     * @param origin who did it
     */
    synchronized void configurationChanged(String pid, Origin origin) throws IOException {
        Map<String, Object> before = state.layers().byPid().getOrDefault(pid, Map.of());
        Map<String, Object> found = target.read(pid);
        if (found == null || found.equals(before)) {
            if (found == null && !before.isEmpty()) {
                LOG.warn("The configuration {} was deleted, but files set its keys: it is back. To undo a setting, remove it from its file", pid);
                inForce(state);
            }
            return;
        }
        recorder.begin(reader);
        try {
            Map<String, Object> wanted = wanted(pid, found, before);
            rejectedChanges.keySet().removeIf(name -> Keys.pid(name).equals(pid));
            if (wanted.isEmpty()) {
                inForce(state);
            } else {
                commit(drafts().keys(wanted), origin);
            }
        } catch (SettingsException e) {
            String message = e.getMessage() + " The change of " + pid + " was undone.";
            LOG.warn(message);
            rejectedChanges.put(Keys.full(pid, "*"), new Problem(null, 0, 0, null, message, true));
            inForce(state);
        }
    }

    private Map<String, Object> wanted(String pid, Map<String, Object> found, Map<String, Object> before) throws SettingsException {
        Map<String, Object> wanted = new TreeMap<>();
        for (Map.Entry<String, Object> property : found.entrySet()) {
            String name = Keys.full(pid, property.getKey());
            Key key = state.schema().key(name);
            Item item = state.layers().effective().get(name);
            if (key == null && item == null) {
                throw new SettingsException(Code.UNKNOWN_KEY, state.schema().unknown(name));
            }
            Object value = Values.fromDictionary(key, property.getValue());
            if (!InForce.same(value, item != null ? item.value() : key.byDefault())) {
                wanted.put(name, value);
            }
        }
        before.keySet().stream().filter(name -> !found.containsKey(name)).forEach(name -> wanted.put(Keys.full(pid, name), null));
        return wanted;
    }

    private Drafts drafts() {
        return new Drafts(etc, state, reader, profiles, recorder.history());
    }

    @Override
    public synchronized Plan plan(Edit edit) throws SettingsException {
        try {
            recorder.begin(reader);
            return planned(drafts().of(edit));
        } catch (IOException e) {
            throw new SettingsException(Code.UNREADABLE, "What it would do cannot be said: " + SourceReader.said(e), e);
        }
    }

    @Override
    public synchronized Plan apply(Edit edit, Origin origin) throws SettingsException {
        try {
            recorder.begin(reader);
            Plan plan = commit(drafts().of(edit), origin);
            plan.changes().forEach(change -> rejectedChanges.remove(Keys.full(Keys.pid(change.key()), "*")));
            return plan;
        } catch (IOException e) {
            throw new SettingsException(Code.NOT_WRITTEN, "The change is not saved: " + SourceReader.said(e), e);
        }
    }

    /** @throws SettingsException if what would be in force contradicts itself */
    private Plan planned(Draft draft) throws SettingsException {
        InForce before = with(draft.before(state.layers()));
        InForce after = with(draft.after(state.layers()));
        List<Consistency.Clash> clashes = new Consistency(after).clashesBeyond(new Consistency(before));
        if (!clashes.isEmpty()) {
            throw new SettingsException(Code.CONTRADICTION, clashes.getFirst().message() + " Nothing has changed.");
        }
        List<Change> changes = new ArrayList<>(before.changesTo(after, draft.keyFiles()));
        List<String> same = new ArrayList<>();
        List<String> warnings = new ArrayList<>(draft.warnings());
        draft.wanted().forEach((key, value) -> {
            Item item = after.layers().effective().get(key);
            boolean shadowed = value != null && !InForce.same(value, after.value(key));
            if (shadowed && item != null) {
                String by = item.fromEnvironment() ? after.layers().environment().variable(key) : item.setBy();
                changes.removeIf(change -> change.key().equals(key));
                changes.add(before.change(key, after, value, draft.keyFiles().get(key), by));
                warnings.add(key + " stays " + after.secrets().masked(key, Literals.toml(item.value())) + ": " + by + " is stronger than "
                    + draft.keyFiles().get(key) + ".");
            } else if (InForce.same(before.value(key), after.value(key))) {
                same.add(key);
            }
        });
        return new Plan(List.copyOf(changes), List.copyOf(same), List.copyOf(warnings), null, 0);
    }

    private Plan commit(Draft draft, Origin origin) throws SettingsException, IOException {
        Plan plan = planned(draft);
        if (!draft.found().isEmpty()) {
            InForce earlier = state;
            intake.written(draft.found().values());
            inForce(with(draft.before(state.layers())));
            Map<Path, String> edited = new HashMap<>();
            draft.found().keySet().forEach(file -> edited.put(file, "edited"));
            recorder.files(earlier, state, edited);
        }
        if (draft.nothing()) {
            inForce(state);
            return plan;
        }
        Recorder.Backup backup = recorder.backup(state, draft);
        save(draft);
        intake.written(draft.written().values());
        intake.removed(draft.removed());
        inForce(with(draft.after(state.layers())));
        plan.changes().forEach(change -> LOG.info("{} = {}, by {} of {} ({})", change.key(), change.after(), origin.way(), origin.user(),
            change.file()));
        int revision = recorder.edit(backup, state, draft, plan.changes(), origin);
        List<String> warnings = new ArrayList<>(plan.warnings());
        if (revision == 0) {
            warnings.add("This is in force, but " + etc.history() + " cannot be written, so that it cannot be undone; the log says why.");
        }
        return new Plan(plan.changes(), plan.same(), List.copyOf(warnings), backup.shown(), revision);
    }

    /** All files, or none: the first ones are put back where a later one fails. */
    private void save(Draft draft) throws IOException {
        Map<Path, String> done = new LinkedHashMap<>();
        try {
            for (Source source : draft.written().values()) {
                done.put(source.file(), text(source.file()));
                EtcFiles.write(source.file(), source.document().text());
            }
            for (Path file : draft.removed()) {
                done.put(file, text(file));
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            for (Map.Entry<Path, String> file : done.entrySet()) {
                try {
                    if (file.getValue() == null) {
                        Files.deleteIfExists(file.getKey());
                    } else {
                        EtcFiles.write(file.getKey(), file.getValue());
                    }
                } catch (IOException more) {
                    e.addSuppressed(more);
                }
            }
            throw e;
        }
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? new String(EtcFiles.read(file), StandardCharsets.UTF_8) : null;
    }

    @Override
    public List<Setting> show(String prefix) throws SettingsException {
        return state.show(prefix);
    }

    @Override
    public Setting get(String key) throws SettingsException {
        InForce now = state;
        String alias = now.schema().alias(key);
        return now.get(alias == null ? key : alias);
    }

    @Override
    public Explanation explain(String key) throws SettingsException {
        SourceReader now = reader;
        Setting setting = get(key);
        Map<String, Object> values = new TreeMap<>();
        for (Profile profile : profiles.list(now)) {
            if (profile.keys() > 0) {
                Object value = profiles.get(profile.name(), now).values().get(setting.key());
                if (value != null) {
                    values.put(profile.name(), value);
                }
            }
        }
        Key known = state.schema().key(setting.key());
        return new Explanation(setting, known == null ? "" : known.advice(), values, state.schema().aliases(setting.key()));
    }

    @Override
    public List<Profile> profiles() {
        return profiles.list(reader);
    }

    @Override
    public List<Change> diff(String profile) throws SettingsException {
        InForce now = state;
        List<Change> changes = new ArrayList<>();
        profiles.get(profile, reader).values().forEach((key, value) -> {
            if (!InForce.same(now.value(key), value)) {
                Item item = now.layers().effective().get(key);
                boolean stronger = item != null && !etc.main().equals(item.file());
                changes.add(now.change(key, now, value, null, !stronger ? null
                    : item.fromEnvironment() ? now.layers().environment().variable(key) : item.setBy()));
            }
        });
        return List.copyOf(changes);
    }

    @Override
    public synchronized List<Revision> history() {
        try {
            recorder.begin(reader);
            return recorder.history().revisions();
        } catch (IOException e) {
            LOG.warn("The history {} cannot be read", etc.history(), e);
            return List.of();
        }
    }

    @Override
    public List<Problem> validate(String file) {
        Path path = Path.of(file);
        return validate(path, SourceReader.content(path));
    }

    @Override
    public List<Problem> validate(String name, String text) {
        return validate(Path.of(name), text.getBytes(StandardCharsets.UTF_8));
    }

    private List<Problem> validate(Path file, byte[] content) {
        InForce now = state;
        try {
            Source source = reader.read(file, content);
            if (!source.errors().isEmpty()) {
                return source.problems();
            }
            List<Problem> all = new ArrayList<>(source.problems());
            Map<Path, Source> sources = now.layers().copy();
            sources.keySet().removeIf(each -> each.getFileName().equals(file.getFileName()));
            InForce without = with(now.layers().with(sources.values()));
            sources.put(file, source);
            Consistency consistency = new Consistency(with(now.layers().with(sources.values())));
            consistency.clashesBeyond(new Consistency(without)).forEach(clash -> all.add(consistency.problem(clash, file, "")));
            consistency.warnings(source.values().keySet()).forEach(warning ->
                all.add(new Problem(file.toString(), 0, 0, null, file + ": " + warning, false)));
            return List.copyOf(all);
        } catch (TomlException | IOException e) {
            return List.of(SourceReader.broken(file, e));
        }
    }

    @Override
    public String export() {
        return Export.of(state);
    }

    @Override
    public List<Problem> problems() {
        return problems;
    }

    /** The keys of the PIDs that have no form of their own in the web console, by PID. */
    Map<String, List<Key>> forms() {
        return state.schema().forms();
    }
}
