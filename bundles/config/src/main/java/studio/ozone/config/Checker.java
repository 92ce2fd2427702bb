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
     * @param errors why the whole may not be taken
     * @param warnings what is kept, though nobody knows it
     */
    record Checked(Map<String, Object> values, List<Problem> errors, List<Problem> warnings) {

        List<Problem> problems() {
            List<Problem> all = new ArrayList<>(errors);
            all.addAll(warnings);
            return List.copyOf(all);
        }
    }

    private static final String REMEDY = "Correct it; the file is taken up as soon as it is saved.";

    private final Schema schema;

    Checker(Schema schema) {
        this.schema = schema;
    }

    Checked check(Path file, Document document) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<Problem> errors = new ArrayList<>();
        List<Problem> warnings = new ArrayList<>();
        for (Entry entry : document.entries()) {
            String name = entry.key();
            Key key = schema.key(name);
            if (key == null) {
                if (entry.path().size() < 2) {
                    errors.add(problem(file, entry, name + " stands in no table; put it below its [table]", true));
                    continue;
                }
                values.put(name, entry.value());
                warnings.add(problem(file, entry, schema.unknown(name) + " It is kept, but nothing reads it.", false));
                continue;
            }
            try {
                values.put(name, document instanceof Cfg && entry.value() instanceof String text
                    ? Values.parsed(key, text) : Values.typed(key, entry.value()));
            } catch (SettingsException e) {
                errors.add(problem(file, entry, e.getMessage() + " " + REMEDY, true));
            }
        }
        return new Checked(values, errors, warnings);
    }

    /** Variables {@code OZONE_<TABLE>__<KEY>}; the others, such as {@code OZONE_DATA_DIR}, are no configuration keys. */
    Checked check(Map<String, String> environment) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<Problem> errors = new ArrayList<>();
        environment.entrySet().stream().filter(each -> each.getKey().startsWith("OZONE_") && each.getKey().contains("__"))
            .sorted(Map.Entry.comparingByKey()).forEach(variable -> {
                String name = schema.ofEnvironment(variable.getKey());
                try {
                    if (name == null) {
                        throw new SettingsException(SettingsException.Code.UNKNOWN_KEY, "it names no key."
                            + Keys.nearest(variable.getKey(), schema.keys().keySet().stream().map(Keys::environment).toList()));
                    }
                    values.put(name, Values.parsed(schema.key(name), variable.getValue()));
                } catch (SettingsException e) {
                    errors.add(new Problem(null, 0, 0, name, "The environment variable " + variable.getKey() + " has no effect: "
                        + e.getMessage() + " Correct or unset it, and start again.", true));
                }
            });
        return new Checked(values, errors, List.of());
    }

    static Problem broken(Path file, TomlException e) {
        return new Problem(file.toString(), e.line(), e.column(), null, file + ", " + e.getMessage() + ". " + REMEDY, true);
    }

    static Problem unreadable(Path file, String reason) {
        return new Problem(file.toString(), 0, 0, null, file + ": " + reason + ". " + REMEDY, true);
    }

    private static Problem problem(Path file, Entry entry, String message, boolean error) {
        return new Problem(file.toString(), entry.line(), entry.column(), entry.key(),
            file + ", line " + entry.line() + ", column " + entry.column() + ": " + message, error);
    }
}
