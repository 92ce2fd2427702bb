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
                    errors.add(problem(file, entry.line(), name, name + " stands in no table; put it below its [table]"));
                    continue;
                }
                values.put(name, entry.value());
                warnings.add(problem(file, entry.line(), name, schema.unknown(name) + " It is kept, but nothing reads it."));
                continue;
            }
            try {
                values.put(name, document instanceof Cfg && entry.value() instanceof String text
                    ? Values.parsed(key, text) : Values.typed(key, entry.value()));
            } catch (SettingsException e) {
                errors.add(problem(file, entry.line(), name, e.getMessage() + " " + REMEDY));
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
                    errors.add(new Problem(null, 0, name, "The environment variable " + variable.getKey() + " has no effect: " + e.getMessage()
                        + " Correct or unset it, and start again."));
                }
            });
        return new Checked(values, errors, List.of());
    }

    static Problem broken(Path file, TomlException e) {
        return new Problem(file.toString(), e.line(), null, file + ", " + e.getMessage() + ". " + REMEDY);
    }

    static Problem unreadable(Path file, String reason) {
        return problem(file, 0, null, reason + ". " + REMEDY);
    }

    private static Problem problem(Path file, int line, String key, String message) {
        return new Problem(file.toString(), line, key, file + (line > 0 ? ", line " + line : "") + ": " + message);
    }
}
