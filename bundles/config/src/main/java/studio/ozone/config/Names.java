package studio.ozone.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Names that stand for keys, and tables that are taken though they have no effect: {@code names.tsv}. Immutable.
 *
 * @param aliases deprecated name to the key it is read as
 * @param variables environment variable to the key it sets, beside those that are made of a key's own name
 * @param ignored table to why its keys have no effect
 * @param open tables whose keys are not known one by one, and are kept for the capability that will read them, to what they are about
 */
record Names(Map<String, String> aliases, Map<String, String> variables, Map<String, String> ignored, Map<String, String> open) {

    static Names load() {
        Map<String, List<String[]>> kinds = KnownKeys.rows("names.tsv").stream().collect(Collectors.groupingBy(row -> row[0]));
        return new Names(map(kinds.get("alias")), map(kinds.get("variable")), map(kinds.get("ignored")), map(kinds.get("open")));
    }

    private static Map<String, String> map(List<String[]> rows) {
        return rows.stream().collect(Collectors.toMap(row -> row[1], row -> row[2], (a, b) -> {
            throw new IllegalStateException("names.tsv has a name twice: " + a);
        }, TreeMap::new));
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
