package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What is in a report, part by part, as it is read from JSON. What was measured in a quick run is in the rows and facts, and no figure for a goal.
 */
record Figures(Map<String, Object> parts) {

    List<Map<?, ?>> rows(String part) {
        return list(part, "rows");
    }

    List<Map<?, ?>> facts(String part) {
        return list(part, "facts");
    }

    private List<Map<?, ?>> list(String part, String name) {
        List<Map<?, ?>> maps = new ArrayList<>();
        if (parts.get(part) instanceof Map<?, ?> entry && entry.get(name) instanceof List<?> items) {
            items.forEach(item -> maps.add((Map<?, ?>) item));
        }
        return maps;
    }

    /** A figure of the first row of a task whose engine fits. @return NaN where nobody measured it */
    double of(String part, String what, Predicate<String> engine, String figure) {
        return quick(part) ? Double.NaN : first(rows(part), what, engine, figure);
    }

    /** @return NaN where nobody measured it */
    double fact(String part, String what, Predicate<String> engine) {
        return quick(part) ? Double.NaN : first(facts(part), what, engine, "value");
    }

    /** A quick run is of less than the goals speak of. */
    private boolean quick(String part) {
        return parts.get(part) instanceof Map<?, ?> entry && !"normal".equals(entry.get("size"));
    }

    private static double first(List<Map<?, ?>> maps, String what, Predicate<String> engine, String figure) {
        return maps.stream().filter(map -> what.equals(map.get("what")) && engine.test(String.valueOf(map.get("engine")))
                && map.get(figure) instanceof Number).mapToDouble(map -> ((Number) map.get(figure)).doubleValue()).findFirst().orElse(Double.NaN);
    }

    /** The first task of a part that ends so; null where there is none. */
    String task(String part, String end) {
        return rows(part).stream().map(row -> row.get("what").toString()).filter(what -> what.endsWith(end)).findFirst().orElse(null);
    }
}
