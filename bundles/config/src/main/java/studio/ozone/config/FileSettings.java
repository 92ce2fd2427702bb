package studio.ozone.config;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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
 * ownership and write-back are explained in {@code docs/adr/0003-configuration.md}.
 *
 * <p>Immediate, because everything that the files say has to be in Config Admin before the bundles of higher start levels, which are
 * governed by it, start: so nothing starts with one value and is changed to another.
 */
@Component(service = {Settings.class, FileSettings.class}, immediate = true)
public final class FileSettings implements Settings {

    /** How long a file has to stay as it is before it is taken: an editor may write it in two steps. */
    static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
    /** How long a file that Karaf's shell wrote beside ours may come back after its removal (FileInstall saves it once more). */
    private static final long DISCARD_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** First byte of what stands for a file that cannot be read; no configuration begins so. */
    private static final byte UNREADABLE = 0;
    private static final Logger LOG = LoggerFactory.getLogger(FileSettings.class);

    /** What a file held when it was last looked at; null content: it was not there. */
    private record Candidate(byte[] content, long since) { }

    /** What Karaf's shell wrote beside our files, and when it was removed. */
    private record Discarded(Map<String, Object> values, long since) { }

    /** A content that was refused; null content: look at the file again, whatever it holds. */
    private record Rejected(byte[] content, List<Problem> problems) { }

    private final EtcFiles etc;
    private final LastGood lastGood;
    private final ConfigurationTarget target;
    private final Supplier<Schema> schemas;
    private final Map<String, String> environment;
    private final LongSupplier nanos;

    // All of these are guarded by this object's lock; the volatile ones may be read without.
    private final Map<Path, Candidate> candidates = new HashMap<>();
    private final Map<Path, Discarded> discarded = new HashMap<>();
    private final Map<Path, Rejected> rejectedFiles = new TreeMap<>();
    private final Map<String, Problem> rejectedChanges = new TreeMap<>();
    private Map<String, Object> environmentValues = Map.of();
    private volatile List<Problem> problems = List.of();
    private volatile Schema schema = new Schema(List.of(), List.of(), List.of());
    private volatile Layers layers = new Layers(List.of(), Map.of());

    @Activate
    public FileSettings(@Reference ConfigurationAdmin admin, BundleContext context) throws IOException {
        this(new EtcFiles(Path.of(context.getProperty("karaf.etc")).toAbsolutePath()), new LastGood(context.getDataFile("last-good").toPath()),
            new ConfigurationTarget(admin), schemas(context), System.getenv(), System::nanoTime);
        start();
    }

    FileSettings(EtcFiles etc, LastGood lastGood, ConfigurationTarget target, Supplier<Schema> schemas,
            Map<String, String> environment, LongSupplier nanos) {
        this.etc = etc;
        this.lastGood = lastGood;
        this.target = target;
        this.schemas = schemas;
        this.environment = environment;
        this.nanos = nanos;
    }

    private static Supplier<Schema> schemas(BundleContext context) {
        BundleKeys keys = new BundleKeys(context, new KeyCache(context.getDataFile("keys").toPath()));
        return keys::schema;
    }

    /** Reads everything and puts it in force. A file that is wrong counts as it was when it was last right. */
    synchronized void start() throws IOException {
        long begin = System.nanoTime();
        schema = schemas.get();
        List<Source> sources = new ArrayList<>();
        List<Path> files = etc.list();
        lastGood.retain(files);
        for (Path file : files) {
            Source source = first(file);
            if (source != null) {
                sources.add(source);
            }
        }
        readEnvironment();
        inForce(sources);
        LOG.debug("{} files in force after {} ms", sources.size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private Source first(Path file) {
        byte[] content = content(file);
        try {
            Source source = read(file, content);
            if (errors(source).isEmpty()) {
                lastGood.keep(source);
                return source;
            }
            reject(file, content, errors(source));
            Source before = lastGood(file);
            return before != null ? before : source;
        } catch (TomlException e) {
            reject(file, content, List.of(Checker.broken(file, e)));
        } catch (IOException e) {
            reject(file, content, List.of(Checker.unreadable(file, said(e))));
        }
        return lastGood(file);
    }

    private Source lastGood(Path file) {
        try {
            byte[] content = lastGood.read(file);
            return content == null ? null : source(file, content);
        } catch (IOException | TomlException e) {
            LOG.debug("The last good state of {} is not readable either", file, e);
            return null;
        }
    }

    /**
     * Looks at all files and takes up what has changed and has settled.
     *
     * @return whether something has changed that has not settled yet: look again soon
     */
    synchronized boolean scan() throws IOException {
        Map<Path, Source> sources = new TreeMap<>(layers.sources());
        Map<Path, byte[]> present = new LinkedHashMap<>();
        for (Path file : etc.list()) {
            if (!discard(file)) {
                present.put(file, content(file));
            }
        }
        boolean changed = false;
        boolean again = false;
        for (Path file : List.copyOf(sources.keySet())) {
            if (!present.containsKey(file)) {
                if (settled(file, null)) {
                    sources.remove(file);
                    rejectedFiles.remove(file);
                    candidates.remove(file);
                    lastGood.forget(file);
                    changed = true;
                    LOG.info("{} has gone; what lay beneath is in force", file);
                } else {
                    again = true;
                }
            }
        }
        rejectedFiles.keySet().removeIf(file -> !present.containsKey(file) && !sources.containsKey(file));
        for (Map.Entry<Path, byte[]> file : present.entrySet()) {
            Source source = sources.get(file.getKey());
            if (source != null && source.has(file.getValue())) {
                candidates.remove(file.getKey());
                changed |= rejectedFiles.remove(file.getKey()) != null;
            } else if (refused(file.getKey(), file.getValue())) {
                candidates.remove(file.getKey());
            } else if (settled(file.getKey(), file.getValue())) {
                changed = true;
                take(file.getKey(), file.getValue(), sources);
            } else {
                again = true;
            }
        }
        if (changed) {
            inForce(sources.values());
        }
        return again;
    }

    /** A file that cannot be read stands for its message, so that a change of the reason counts as a change of the file. */
    private byte[] content(Path file) {
        try {
            return EtcFiles.read(file);
        } catch (IOException e) {
            return ((char) UNREADABLE + said(e)).getBytes(StandardCharsets.UTF_8);
        }
    }

    private boolean settled(Path file, byte[] content) {
        Candidate before = candidates.get(file);
        if (before == null || !Arrays.equals(before.content(), content)) {
            candidates.put(file, new Candidate(content, nanos.getAsLong()));
            return false;
        }
        return nanos.getAsLong() - before.since() >= SETTLED_NANOS;
    }

    private boolean refused(Path file, byte[] content) {
        Rejected before = rejectedFiles.get(file);
        return before != null && Arrays.equals(before.content(), content);
    }

    private void take(Path file, byte[] content, Map<Path, Source> sources) {
        candidates.remove(file);
        try {
            Source source = read(file, content);
            if (!errors(source).isEmpty()) {
                reject(file, content, errors(source));
                return;
            }
            rejectedFiles.remove(file);
            sources.put(file, source);
            lastGood.keep(source);
            LOG.info("{} is in force", file);
        } catch (TomlException e) {
            reject(file, content, List.of(Checker.broken(file, e)));
        } catch (IOException e) {
            reject(file, content, List.of(Checker.unreadable(file, said(e))));
        }
    }

    private void reject(Path file, byte[] content, List<Problem> why) {
        rejectedFiles.put(file, new Rejected(content, why));
        why.forEach(problem -> LOG.warn("{} The values from before stay in force.", problem.message()));
    }

    private static String said(IOException e) {
        return e instanceof NoSuchFileException ? "the file is not there (a symbolic link that leads nowhere?)"
            : e instanceof AccessDeniedException ? "the file may not be read; check its owner and permissions" : e.getMessage();
    }

    /** @param content as {@link #content} gave it */
    private Source read(Path file, byte[] content) throws TomlException, IOException {
        if (content.length > 0 && content[0] == UNREADABLE) {
            throw new IOException(new String(content, 1, content.length - 1, StandardCharsets.UTF_8));
        }
        return source(file, content);
    }

    private Source source(Path file, byte[] content) throws TomlException {
        return checked(file, content, EtcFiles.parse(file, content));
    }

    private Source checked(Path file, byte[] content, Document document) {
        Checker.Checked checked = new Checker(schema).check(file, document);
        return new Source(file, content, document, checked.values(), checked.problems());
    }

    private static List<Problem> errors(Source source) {
        return source.problems().stream().filter(problem -> !source.values().containsKey(problem.key())).toList();
    }

    private void readEnvironment() {
        Checker.Checked checked = new Checker(schema).check(environment);
        checked.errors().forEach(problem -> {
            if (!problem.equals(rejectedChanges.put(Item.ENVIRONMENT + problem.message(), problem))) {
                LOG.warn(problem.message());
            }
        });
        environmentValues = checked.values();
    }

    private void inForce(Collection<Source> sources) throws IOException {
        Layers now = new Layers(sources, environmentValues);
        layers = now;
        List<Problem> all = new ArrayList<>();
        rejectedFiles.values().forEach(rejected -> all.addAll(rejected.problems()));
        now.sources().values().stream().filter(source -> !rejectedFiles.containsKey(source.file())).forEach(source -> all.addAll(source.problems()));
        all.addAll(rejectedChanges.values());
        problems = List.copyOf(all);
        target.apply(now.byPid());
        target.http(value(ConfigurationTarget.HTTP_HOST), value(ConfigurationTarget.HTTP_PORT));
    }

    /** The bundles have changed, and with them the known keys: everything is checked anew, and what has become wrong is let go. */
    synchronized void bundlesChanged() throws IOException {
        schema = schemas.get();
        rejectedFiles.replaceAll((file, rejected) -> new Rejected(null, rejected.problems()));
        rejectedChanges.keySet().removeIf(key -> key.startsWith(Item.ENVIRONMENT));
        readEnvironment();
        inForce(layers.sources().values().stream().map(source -> checked(source.file(), source.content(), source.document())).toList());
    }

    /**
     * A configuration of ours may have been changed by somebody else (Karaf's shell, the web console): a change that is right is written
     * to the file that owns the key, and one that is not is undone.
     */
    synchronized void configurationChanged(String pid) throws IOException {
        Map<String, Object> before = layers.byPid().getOrDefault(pid, Map.of());
        Map<String, Object> found = target.read(pid);
        String fileName = found == null ? null : target.fileName(pid);
        if (found == null || found.equals(before) && fileName == null) {
            if (found == null && !before.isEmpty()) {
                LOG.warn("The configuration {} was deleted, but files set its keys: it is back. To undo a setting, remove it from its file", pid);
                inForce(layers.sources().values());
            }
            return;
        }
        putBack(fileName);
        try {
            Map<String, Object> wanted = new LinkedHashMap<>();
            for (Map.Entry<String, Object> property : found.entrySet()) {
                String name = Keys.full(pid, property.getKey());
                Key key = schema.key(name);
                Item item = layers.effective().get(name);
                if (key == null && item == null) {
                    throw new SettingsException(Code.UNKNOWN_KEY, schema.unknown(name));
                }
                Object value = Values.fromDictionary(key, property.getValue());
                if (!Values.same(value, item != null ? item.value() : key.byDefault())) {
                    wanted.put(name, value);
                }
            }
            before.keySet().stream().filter(name -> !found.containsKey(name)).forEach(name -> wanted.put(Keys.full(pid, name), null));
            rejectedChanges.keySet().removeIf(name -> Keys.pid(name).equals(pid));
            Draft draft = draft(wanted);
            commit(draft);
            draft.changes().forEach(change -> LOG.info("{} = {}, by a change of {} in Config Admin ({})",
                change.key(), change.after(), pid, change.file()));
            if (wanted.isEmpty()) {
                inForce(layers.sources().values());
            }
        } catch (SettingsException e) {
            String message = e.getMessage() + " The change of " + pid + " was undone.";
            LOG.warn(message);
            rejectedChanges.put(Keys.full(pid, "*"), new Problem(null, 0, 0, null, message, true));
            inForce(layers.sources().values());
        }
    }

    /** Karaf's shell writes the whole configuration to {@code etc/<pid>.cfg}; the owning files say the same, with comments. */
    private void putBack(String fileName) throws IOException {
        Path file = fileName == null || !fileName.startsWith("file:") ? null : Path.of(URI.create(fileName)).toAbsolutePath();
        if (file == null || !etc.folder().equals(file.getParent()) || !EtcFiles.isSource(file.getFileName().toString())) {
            return;
        }
        Source source = layers.sources().get(file);
        if (source == null) {
            discarded.put(file, new Discarded(plainValues(file), nanos.getAsLong()));
            Files.deleteIfExists(file);
        } else if (!source.has(content(file))) {
            EtcFiles.write(file, source.document().text());
        }
    }

    /** Only the same values count as the same file: somebody may drop one of his own by that name at any time. */
    private boolean discard(Path file) throws IOException {
        Discarded before = discarded.get(file);
        if (before == null) {
            return false;
        }
        if (nanos.getAsLong() - before.since() > DISCARD_NANOS) {
            discarded.remove(file);
            return false;
        }
        return before.values() != null && before.values().equals(plainValues(file)) && Files.deleteIfExists(file);
    }

    /** The keys and values of a file without comments, as a machine writes it; null for any other. */
    private Map<String, Object> plainValues(Path file) {
        try {
            Document document = EtcFiles.parse(file, content(file));
            return document.text().contains("#") ? null
                : document.entries().stream().collect(Collectors.toMap(Entry::key, Entry::value));
        } catch (TomlException e) {
            return null;
        }
    }

    /** What an edit of single keys makes of the files. */
    private record Draft(Map<Path, Source> edited, List<Change> changes, List<String> same) { }

    @Override
    public synchronized Plan plan(Edit edit) throws SettingsException {
        Draft draft = draft(typed(edit));
        return new Plan(draft.changes(), draft.same(), List.of(), null, 0);
    }

    @Override
    public synchronized Plan apply(Edit edit, Origin origin) throws SettingsException {
        Map<String, Object> typed = typed(edit);
        try {
            Draft draft = draft(typed);
            commit(draft);
            draft.changes().forEach(change -> LOG.info("{} = {}, by {} of {} ({})", change.key(), change.after(), origin.way(), origin.user(),
                change.file()));
            typed.keySet().forEach(key -> rejectedChanges.remove(Keys.full(Keys.pid(key), "*")));
            return new Plan(draft.changes(), draft.same(), List.of(), null, 0);
        } catch (IOException e) {
            throw new SettingsException(Code.NOT_WRITTEN, "The change is not saved: " + said(e), e);
        }
    }

    private Map<String, Object> typed(Edit edit) throws SettingsException {
        if (!(edit instanceof Edit.Keys keys)) {
            throw notBuilt();
        }
        Map<String, Object> typed = new LinkedHashMap<>();
        for (Map.Entry<String, String> each : keys.set().entrySet()) {
            Key key = schema.key(each.getKey());
            if (key == null) {
                throw new SettingsException(Code.UNKNOWN_KEY, schema.unknown(each.getKey()));
            }
            typed.put(each.getKey(), Values.parsed(key, each.getValue()));
        }
        for (String name : keys.unset()) {
            if (schema.key(name) == null && !layers.effective().containsKey(name)) {
                throw new SettingsException(Code.UNKNOWN_KEY, schema.unknown(name));
            }
            if (typed.put(name, null) != null) {
                throw new SettingsException(Code.WRONG_TYPE, name + " is to be set and taken away at once; ask for one of the two.");
            }
        }
        return typed;
    }

    private static SettingsException notBuilt() {
        return new SettingsException(Code.UNREADABLE, "This cannot be done yet; single keys can be set and taken away.");
    }

    /** @param values full key to value of the schema's type; null to take the setting away */
    private Draft draft(Map<String, Object> values) throws SettingsException {
        Map<Path, Source> edited = new TreeMap<>(EtcFiles.ORDER);
        Map<String, Path> files = new LinkedHashMap<>();
        for (Map.Entry<String, Object> each : values.entrySet()) {
            String key = each.getKey();
            Item item = layers.effective().get(key);
            if (item != null && item.fromEnvironment()) {
                throw new SettingsException(Code.SHADOWED, key + " is set by the environment variable " + Keys.environment(key) + " = "
                    + environment.get(Keys.environment(key)) + ", which no file can overrule. Unset it and start again, or change it there.");
            }
            Path file = item == null ? etc.main() : item.file();
            Source source = edited.containsKey(file) ? edited.get(file) : fresh(file);
            files.put(key, file);
            if (each.getValue() == null || !each.getValue().equals(source.values().get(key))) {
                edited.put(file, edit(source, key, each.getValue()));
            }
        }
        Map<Path, Source> sources = new TreeMap<>(layers.sources());
        sources.putAll(edited);
        Layers after = new Layers(sources.values(), environmentValues);
        List<Change> changes = new ArrayList<>();
        List<String> same = new ArrayList<>();
        files.forEach((key, file) -> {
            Object before = value(layers, key);
            Object now = value(after, key);
            if (before == null ? now == null : now != null && Values.same(before, now)) {
                same.add(key);
            } else {
                Setting setting = setting(key, schema, layers);
                changes.add(new Change(key, before, now, file.toString(), setting.setBy(), null, setting.applies(), setting.readBy()));
            }
        });
        return new Draft(edited, List.copyOf(changes), List.copyOf(same));
    }

    private void commit(Draft draft) throws IOException {
        save(draft.edited());
        Map<Path, Source> sources = new TreeMap<>(layers.sources());
        sources.putAll(draft.edited());
        for (Source source : draft.edited().values()) {
            lastGood.keep(source);
        }
        inForce(sources.values());
    }

    /** The file as it is now, which may be newer than what is in force. */
    private Source fresh(Path file) throws SettingsException {
        Source known = layers.sources().get(file);
        try {
            if (!Files.exists(file)) {
                return checked(file, new byte[0], TomlReader.read(""));
            }
            byte[] content = EtcFiles.read(file);
            if (known != null && known.has(content)) {
                return known;
            }
            Source now = source(file, content);
            if (!errors(now).isEmpty()) {
                throw new SettingsException(Code.UNREADABLE, errors(now).getFirst().message() + " Nothing else is written to it before.");
            }
            return now;
        } catch (TomlException e) {
            throw new SettingsException(Code.UNREADABLE, file + ", " + e.getMessage() + ". Correct the file first; nothing has changed.", e);
        } catch (IOException e) {
            throw new SettingsException(Code.UNREADABLE, file + ": " + said(e) + ". Nothing has changed.", e);
        }
    }

    private Source edit(Source source, String key, Object value) throws SettingsException {
        try {
            Document document = value == null ? source.document().without(key) : source.document().with(key, value);
            return checked(source.file(), document.text().getBytes(StandardCharsets.UTF_8), document);
        } catch (TomlException e) {
            throw new SettingsException(Code.NOT_WRITTEN, source.file() + ", " + e.getMessage() + ". Nothing has changed.", e);
        }
    }

    /** All files, or none: the first ones are put back where a later one fails. */
    private void save(Map<Path, Source> edited) throws IOException {
        List<Path> done = new ArrayList<>();
        try {
            for (Source source : edited.values()) {
                EtcFiles.write(source.file(), source.document().text());
                done.add(source.file());
            }
        } catch (IOException e) {
            for (Path file : done) {
                Source before = layers.sources().get(file);
                if (before == null) {
                    Files.deleteIfExists(file);
                } else {
                    EtcFiles.write(file, before.document().text());
                }
            }
            throw e;
        }
    }

    @Override
    public List<Setting> show(String prefix) throws SettingsException {
        Schema known = schema;
        Layers now = layers;
        TreeMap<String, Setting> found = new TreeMap<>();
        known.keys().keySet().stream().filter(key -> matches(key, prefix)).forEach(key -> found.put(key, setting(key, known, now)));
        now.effective().keySet().stream().filter(key -> matches(key, prefix)).forEach(key -> found.put(key, setting(key, known, now)));
        if (found.isEmpty()) {
            throw new SettingsException(Code.UNKNOWN_KEY, known.unknown(prefix));
        }
        return List.copyOf(found.values());
    }

    @Override
    public Setting get(String key) throws SettingsException {
        Schema known = schema;
        Layers now = layers;
        if (known.key(key) == null && !now.effective().containsKey(key)) {
            throw new SettingsException(Code.UNKNOWN_KEY, known.unknown(key));
        }
        return setting(key, known, now);
    }

    @Override
    public Explanation explain(String key) throws SettingsException {
        throw notBuilt();
    }

    @Override
    public List<Profile> profiles() {
        return List.of();
    }

    @Override
    public List<Change> diff(String profile) throws SettingsException {
        throw notBuilt();
    }

    @Override
    public List<Revision> history() {
        return List.of();
    }

    @Override
    public List<Problem> validate(String file) {
        return List.of(new Problem(file, 0, 0, null, notBuilt().getMessage(), true));
    }

    @Override
    public String export() {
        throw new UnsupportedOperationException(notBuilt().getMessage());
    }

    @Override
    public List<Problem> problems() {
        return problems;
    }

    /** The keys of the PIDs that have no form of their own in the web console, by PID. */
    Map<String, List<Key>> forms() {
        return schema.forms();
    }

    private static boolean matches(String key, String prefix) {
        return prefix.isEmpty() || key.equals(prefix) || key.startsWith(prefix + ".");
    }

    private static Setting setting(String name, Schema known, Layers now) {
        Key key = known.key(name);
        Item item = now.effective().get(name);
        Object byDefault = key == null ? null : key.byDefault();
        return new Setting(name, item == null ? byDefault : item.value(), byDefault, key == null ? type(item.value()) : key.typeName(),
            key == null ? "" : key.range(), "", key == null ? "Not known; nothing reads it." : key.description(),
            Applies.LIVE, null, item == null ? "default" : item.setBy(), item == null || item.fromEnvironment() ? null : item.file().toString(),
            item == null ? 0 : item.line(), key == null ? null : key.readBy());
    }

    private static String type(Object value) {
        return switch (value) {
            case Boolean b -> "boolean";
            case Long l -> "integer";
            case Double d -> "number";
            case List<?> list -> "list";
            default -> "string";
        };
    }

    private Object value(String key) {
        return value(layers, key);
    }

    private Object value(Layers of, String key) {
        Item item = of.effective().get(key);
        Key known = schema.key(key);
        return item != null ? item.value() : known == null ? null : known.byDefault();
    }
}
