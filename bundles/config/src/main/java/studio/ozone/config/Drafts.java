package studio.ozone.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Settings.Problem;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;
import studio.ozone.config.recommend.Fit;

/** Turns an edit into the files that it makes. Writes nothing. For one edit. */
final class Drafts {

    /** What a loaded profile leaves alone: where things listen, where data lies, and where secrets are found. */
    private static final Pattern KEPT = Pattern.compile("(^web\\..*|.*(_path|_dir|_directory|\\.path|port|endpoint|keystore.*|_env|_ref))$");

    private final EtcFiles etc;
    private final InForce state;
    private final SourceReader reader;
    private final Profiles profiles;
    private final History history;

    private final Map<Path, Source> found = new HashMap<>();
    private final Map<Path, Source> written;
    private final Map<String, Object> wanted = new LinkedHashMap<>();
    private final Map<String, String> keyFiles = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    Drafts(EtcFiles etc, InForce state, SourceReader reader, Profiles profiles, History history) {
        this.etc = etc;
        this.state = state;
        this.reader = reader;
        this.profiles = profiles;
        this.history = history;
        this.written = new TreeMap<>(etc.order());
    }

    Draft of(Edit edit) throws SettingsException, IOException {
        return switch (edit) {
            case Edit.Keys keys -> keys(typed(keys));
            case Edit.Load load -> load(load.profile());
            case Edit.Merge merge -> merge(merge.profile());
            case Edit.Undo undo -> {
                if (undo.steps() < 1) {
                    throw new SettingsException(Code.UNKNOWN_REVISION, "One step back is the least, not " + undo.steps() + ".");
                }
                JournalEntry to = history.before(undo.steps());
                yield files(to, "undo to " + to.number());
            }
            case Edit.Restore restore -> files(history.get(restore.revision()), "restore " + restore.revision());
        };
    }

    private Map<String, Object> typed(Edit.Keys keys) throws SettingsException {
        Map<String, Object> typed = new TreeMap<>();
        for (Map.Entry<String, String> each : keys.set().entrySet()) {
            Key key = state.schema().key(full(each.getKey()));
            if (key == null) {
                throw new SettingsException(Code.UNKNOWN_KEY, state.schema().unknown(each.getKey()));
            }
            typed.put(key.name(), Values.parsed(key, each.getValue()));
        }
        for (String asked : keys.unset()) {
            String name = full(asked);
            if (!state.known(name)) {
                throw new SettingsException(Code.UNKNOWN_KEY, state.schema().unknown(name));
            }
            if (typed.put(name, null) != null) {
                throw new SettingsException(Code.CONTRADICTION, name + " cannot be set and taken away at once.");
            }
        }
        return typed;
    }

    private String full(String key) {
        String alias = state.schema().alias(key);
        if (alias == null) {
            return key;
        }
        warnings.add(key + " is an old name of " + alias + ".");
        return alias;
    }

    /**
     * Each key in the file that owns it.
     *
     * @param values full key to value of the schema's type; null to take the setting away
     */
    Draft keys(Map<String, Object> values) throws SettingsException {
        for (Map.Entry<String, Object> each : values.entrySet()) {
            String key = each.getKey();
            Item item = state.layers().effective().get(key);
            if (item != null && item.fromEnvironment()) {
                String variable = state.layers().environment().variable(key);
                throw new SettingsException(Code.SHADOWED, key + " is set by the environment variable " + variable + " = "
                    + state.secrets().masked(key, Literals.toml(item.value())) + ", which no file can overrule. Unset it and start again, or change it there.");
            }
            put(item == null ? etc.main() : item.file(), key, each.getValue());
        }
        return draft(values.entrySet().stream().map(each -> each.getValue() == null ? "unset " + each.getKey()
            : "set " + each.getKey() + " = " + state.secrets().masked(each.getKey(), Literals.toml(each.getValue()))).collect(Collectors.joining(", ")),
            Set.of(), 0);
    }

    private Draft merge(String name) throws SettingsException {
        Source profile = profiles.get(name, reader);
        for (Map.Entry<String, Object> each : profile.values().entrySet()) {
            put(etc.main(), each.getKey(), each.getValue());
        }
        return profileDraft("merge profile ", name, profile);
    }

    private Draft load(String name) throws SettingsException {
        Source profile = profiles.get(name, reader);
        Source user = file(etc.main());
        Set<List<String>> emptied = new LinkedHashSet<>();
        for (Map.Entry<String, Entry> each : user.entries().entrySet()) {
            if (!profile.values().containsKey(each.getKey()) && !KEPT.matcher(each.getKey()).matches() && !state.secrets().is(each.getKey())) {
                put(etc.main(), each.getKey(), null);
                emptied.add(each.getValue().header());
            }
        }
        for (Map.Entry<String, Object> each : profile.values().entrySet()) {
            put(etc.main(), each.getKey(), each.getValue());
        }
        Source now = file(etc.main());
        if (now.document() instanceof Toml toml && !emptied.isEmpty()) {
            change(now, toml.withoutEmpty(emptied));
        }
        return profileDraft("load profile ", name, profile);
    }

    private Draft profileDraft(String what, String name, Source profile) {
        profile.problems().stream().map(Problem::message).forEach(warnings::add);
        warnings.addAll(Fit.here().warnings(name));
        return draft(what + name, Set.of(), 0);
    }

    /** The files as they were, with the secrets of today. */
    private Draft files(JournalEntry to, String summary) throws SettingsException, IOException {
        Set<Path> removed = new LinkedHashSet<>();
        Set<Path> present = new LinkedHashSet<>(etc.list());
        for (Path file : present) {
            byte[] content = SourceReader.content(file);
            if (!SourceReader.readable(content)) {
                warnings.add(file + " is left as it is: " + new String(content, 1, content.length - 1, StandardCharsets.UTF_8) + ".");
            } else if (!to.after().containsKey(etc.name(file))) {
                removed.add(file);
            }
        }
        for (Map.Entry<String, String> each : to.after().entrySet()) {
            Path file = etc.file(each.getKey());
            byte[] now = present.contains(file) ? SourceReader.content(file) : null;
            if (now != null && (!SourceReader.readable(now) || Copies.name(state.secrets().masked(file, now)).equals(each.getValue()))) {
                continue;
            }
            try {
                Document old = EtcFiles.parse(file, history.copies().text(each.getValue()).getBytes(StandardCharsets.UTF_8));
                Source known = state.layers().sources().get(file);
                Source source = reader.draft(file, state.secrets().unmasked(old, known == null ? Map.of() : known.values()));
                if (!source.errors().isEmpty()) {
                    throw new SettingsException(Code.UNREADABLE, source.errors().getFirst().message()
                        + " So revision " + to.number() + " cannot be brought back; nothing has changed.");
                }
                written.put(file, source);
            } catch (TomlException e) {
                throw new SettingsException(Code.UNREADABLE, history.copies().path(each.getValue()) + ", the copy of " + file + ": "
                    + e.getMessage() + ". Nothing has changed.", e);
            }
        }
        return draft(summary, removed, to.state());
    }

    private void put(Path file, String key, Object value) throws SettingsException {
        Source source = file(file);
        wanted.put(key, value);
        keyFiles.put(key, file.toString());
        if (value != null && InForce.same(value, source.values().get(key)) && source.entries().get(key).key().equals(key)) {
            return;
        }
        try {
            Document document = source.document();
            for (String old : state.schema().aliases(key)) {
                document = document.without(old);
            }
            document = value == null ? document.without(key) : document.with(key, value);
            change(source, document);
        } catch (TomlException e) {
            throw new SettingsException(Code.NOT_WRITTEN, source.file() + ", " + e.getMessage() + ". Nothing has changed.", e);
        }
    }

    private void change(Source source, Document document) {
        if (!document.text().equals(source.document().text())) {
            written.put(source.file(), reader.draft(source.file(), document));
        }
    }

    private Source file(Path file) throws SettingsException {
        return written.containsKey(file) ? written.get(file) : found.containsKey(file) ? found.get(file) : fresh(file);
    }

    /** The file as it is now, which may be newer than what is in force. */
    private Source fresh(Path file) throws SettingsException {
        Source known = state.layers().sources().get(file);
        try {
            if (!Files.exists(file)) {
                return reader.draft(file, EtcFiles.parse(file, new byte[0]));
            }
            byte[] content = EtcFiles.read(file);
            if (known != null && known.has(content)) {
                return known;
            }
            Source now = reader.read(file, content);
            if (!now.errors().isEmpty()) {
                throw new SettingsException(Code.UNREADABLE, now.errors().getFirst().message() + " Nothing else is written to it before.");
            }
            found.put(file, now);
            return now;
        } catch (TomlException e) {
            throw new SettingsException(Code.UNREADABLE, file + ", " + e.getMessage() + ". Correct the file first; nothing has changed.", e);
        } catch (IOException e) {
            throw new SettingsException(Code.UNREADABLE, file + ": " + SourceReader.said(e) + ". Nothing has changed.", e);
        }
    }

    private Draft draft(String summary, Set<Path> removed, int backTo) {
        Draft draft = new Draft(summary, Map.copyOf(found), written, removed, wanted, keyFiles, backTo, warnings);
        Set<String> keys = new TreeSet<>(wanted.keySet());
        warnings.addAll(Fit.here().warnings(wanted));
        warnings.addAll(new Consistency(new InForce(state.schema(), draft.after(state.layers()), state.atStart())).warnings(keys));
        return draft;
    }
}
