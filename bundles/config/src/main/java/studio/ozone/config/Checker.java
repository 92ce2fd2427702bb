package studio.ozone.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.api.config.Settings.Problem;
import studio.ozone.api.config.SettingsException;

/** Holds files and the environment against the schema. */
final class Checker {

    /**
     * @param values the good ones, of the schema's types
     * @param entries where they stand
     * @param problems why the whole may not be taken, and what is kept though nobody reads it
     */
    record Checked(Map<String, Object> values, Map<String, Entry> entries, List<Problem> problems) { }

    private static final String REMEDY = "Correct it; the file is taken up as soon as it is saved.";

    /** For how many unknown keys of a file the nearest name is looked for: it takes its time. */
    private static final int HELPED = 20;

    private final Schema schema;

    Checker(Schema schema) {
        this.schema = schema;
    }

    Checked check(Path file, Document document) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        int unknown = 0;
        for (Entry entry : document.entries()) {
            String name = entry.key();
            String alias = schema.alias(name);
            if (alias != null && document.find(alias).isPresent()) {
                problems.add(problem(file, entry, name + " is an old name of " + alias + ", which stands here too and counts. Remove the old one.", false));
                continue;
            }
            if (alias != null) {
                problems.add(problem(file, entry, name + " is an old name of " + alias + " and is read as that. Write the new one.", false));
                name = alias;
            }
            Key key = schema.key(name);
            if (key == null && entry.path().size() < 2) {
                problems.add(problem(file, entry, name + " stands in no table; put it below its [table]", true));
                continue;
            }
            if (key == null && schema.ignored(name) != null) {
                problems.add(problem(file, entry, name + " has no effect: " + schema.ignored(name), false));
            } else if (key == null && schema.open(name) == null) {
                problems.add(problem(file, entry, (unknown++ < HELPED ? schema.unknown(name) : "There is no key " + name + ".")
                    + " It is kept, but nothing reads it.", false));
            }
            try {
                if (entries.containsKey(name)) {
                    throw new SettingsException(SettingsException.Code.CONTRADICTION, name + " is set in line " + entries.get(name).line()
                        + " already, under another name.");
                }
                values.put(name, key == null ? entry.value() : document instanceof Cfg && entry.value() instanceof String text
                    ? Values.parsed(key, text) : Values.typed(key, entry.value()));
                entries.put(name, entry);
            } catch (SettingsException e) {
                problems.add(problem(file, entry, name, e.getMessage() + " " + REMEDY, true));
            }
        }
        return new Checked(values, entries, List.copyOf(problems));
    }

    /** Variables {@code OZONE_<TABLE>__<KEY>}, and the few that have a short name. */
    Environment check(Map<String, String> environment) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, String> variables = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        environment.keySet().stream().filter(name -> name.startsWith("OZONE_") && (name.contains("__") || schema.ofEnvironment(name) != null))
            .sorted().forEach(variable -> {
                String name = schema.ofEnvironment(variable);
                try {
                    if (name == null) {
                        throw new SettingsException(SettingsException.Code.UNKNOWN_KEY, "it names no key."
                            + Keys.nearest(variable, schema.keys().keySet().stream().map(Keys::environment).toList()));
                    }
                    values.put(name, Values.parsed(schema.key(name), environment.get(variable)));
                    variables.put(name, variable);
                } catch (SettingsException e) {
                    problems.add(new Problem(null, 0, 0, name, "The environment variable " + variable + " has no effect: "
                        + e.getMessage() + " Correct or unset it, and start again.", true));
                }
            });
        return new Environment(values, variables, List.copyOf(problems));
    }

    static Problem broken(Path file, TomlException e) {
        return new Problem(file.toString(), e.line(), e.column(), null, file + ", " + e.getMessage() + ". " + REMEDY, true);
    }

    static Problem unreadable(Path file, String reason) {
        return new Problem(file.toString(), 0, 0, null, file + ": " + reason + ". " + REMEDY, true);
    }

    private static Problem problem(Path file, Entry entry, String message, boolean error) {
        return problem(file, entry, entry.key(), message, error);
    }

    private static Problem problem(Path file, Entry entry, String key, String message, boolean error) {
        return new Problem(file.toString(), entry.line(), entry.column(), key,
            file + ", line " + entry.line() + ", column " + entry.column() + ": " + message, error);
    }
}
