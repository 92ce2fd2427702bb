package studio.ozone.zsei.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import studio.ozone.runtime.json.Json;

/** Holds the lines of an export against those of another one, which come in the same order. */
final class Comparison implements Export.Sink {

    private static final int MOST_LISTED = 20;
    private static final int MOST_CHARACTERS = 200;

    private final BufferedReader expected;
    private final List<String> wrong = new ArrayList<>();
    private long differences;
    private String waiting;
    private boolean begun;

    Comparison(BufferedReader expected) {
        this.expected = expected;
    }

    @Override
    public void line(String line) throws IOException {
        if (!begun) {
            begun = true;
            waiting = expected.readLine();
        }
        if (line.equals(waiting)) {
            waiting = expected.readLine();
            return;
        }
        while (waiting != null && Place.of(waiting).before(Place.of(line))) {
            differs("only in the backup's export: " + shortened(waiting));
            waiting = expected.readLine();
        }
        if (waiting == null || Place.of(line).before(Place.of(waiting))) {
            differs("only in the restored store: " + shortened(line));
            return;
        }
        if (!waiting.equals(line)) {
            differs("the backup's export has " + shortened(waiting) + ", the restored store " + shortened(line));
        }
        waiting = expected.readLine();
    }

    private static String shortened(String line) {
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
    }

    private void differs(String what) {
        if (differences++ < MOST_LISTED) {
            wrong.add(what);
        }
    }

    /** What differs, when all lines have come. */
    List<String> end() throws IOException {
        for (; waiting != null; waiting = expected.readLine()) {
            differs("only in the backup's export: " + shortened(waiting));
        }
        if (differences > wrong.size()) {
            wrong.add("… and " + (differences - wrong.size()) + " lines more");
        }
        return wrong;
    }

    /** Where a line stands in an export. */
    private record Place(int kind, long first, long second, long third) {

        static Place of(String line) throws IOException {
            Map<String, Object> json = Json.readObject(line);
            String kind = json.keySet().iterator().next();
            return switch (kind) {
                case Line.HEAD -> new Place(0, 0, 0, 0);
                case Line.CONTAINER -> new Place(1, number(json, kind), 0, 0);
                case Line.RELATION -> new Place(2, number(json, "from"), Line.relationType(json.get(kind)).code(), number(json, "to"));
                default -> new Place(3, 0, 0, 0);
            };
        }

        private static long number(Map<String, Object> json, String name) throws IOException {
            if (json.get(name) instanceof Number number) {
                return number.longValue();
            }
            throw new IOException("A line of the backup's export is not one: it has no number " + name);
        }

        boolean before(Place other) {
            int order = Integer.compare(kind, other.kind);
            order = order != 0 ? order : Long.compare(first, other.first);
            order = order != 0 ? order : Long.compare(second, other.second);
            order = order != 0 ? order : Long.compare(third, other.third);
            return order < 0;
        }
    }
}
