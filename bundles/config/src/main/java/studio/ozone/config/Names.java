package studio.ozone.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Names that stand for keys, and tables that are taken though they have no effect: {@code names.tsv}. Never changed once it is read.
 *
 * @param aliases deprecated name to the key it is read as
 * @param variables environment variable to the key it sets, beside those that are made of a key's own name
 * @param ignored table to why its keys have no effect
 * @param open tables whose keys are not known one by one, and are kept for the capability that will read them, to what they are about
 */
record Names(Map<String, String> aliases, Map<String, String> variables, Map<String, String> ignored, Map<String, String> open) {

    static Names load() {
        Names names = new Names(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        for (String[] row : KnownKeys.rows("names.tsv")) {
            Map<String, String> kind = switch (row[0]) {
                case "alias" -> names.aliases;
                case "variable" -> names.variables;
                case "ignored" -> names.ignored;
                case "open" -> names.open;
                default -> throw new IllegalStateException("names.tsv: " + row[0]);
            };
            if (kind.put(row[1], row[2]) != null) {
                throw new IllegalStateException("names.tsv has a name twice: " + row[1]);
            }
        }
        return names;
    }

    /** The deprecated names of a key. */
    List<String> of(String key) {
        return aliases.entrySet().stream().filter(alias -> alias.getValue().equals(key)).map(Map.Entry::getKey).toList();
    }

    /** What holds for the nearest table above a key; null where nothing does. */
    static <T> T above(String key, Function<String, T> tables) {
        for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
            T found = tables.apply(key.substring(0, dot));
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
