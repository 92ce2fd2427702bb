package studio.ozone.config;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings.Applies;
import studio.ozone.api.config.Settings.Change;
import studio.ozone.api.config.Settings.Revision;
import studio.ozone.runtime.json.Json;

/**
 * One line of the journal.
 *
 * @param revision its number and what the user sees of it
 * @param before file name to the copy of it from before
 * @param after file name to the copy of it from afterwards
 * @param parent the state that it came from; 0 for none
 * @param state the revision whose files these are: its own number, or the one that it went back to
 * @param environment what the environment set, secrets masked
 */
record JournalEntry(Revision revision, Map<String, String> before, Map<String, String> after, int parent, int state,
        Map<String, Object> environment) {

    int number() {
        return revision.revision();
    }

    String line() {
        return Json.write(this);
    }

    /** @throws IOException if it is no whole line of a journal */
    static JournalEntry of(String line) throws IOException {
        try {
            Map<String, Object> json = Json.readObject(line);
            Map<?, ?> revision = (Map<?, ?>) json.get("revision");
            Map<?, ?> origin = (Map<?, ?>) revision.get("origin");
            List<Change> changes = new ArrayList<>();
            for (Object each : (List<?>) revision.get("changes")) {
                changes.add(change((Map<?, ?>) each));
            }
            Map<String, Object> environment = new TreeMap<>();
            ((Map<?, ?>) json.get("environment")).forEach((key, value) -> environment.put(key.toString(), plain(value)));
            return new JournalEntry(new Revision(number(revision, "revision"), Instant.parse(revision.get("at").toString()),
                new Origin(text(origin, "way"), text(origin, "user")), text(revision, "summary"), List.copyOf(changes),
                ((List<?>) revision.get("files")).stream().map(Object::toString).toList()),
                names((Map<?, ?>) json.get("before")), names((Map<?, ?>) json.get("after")), number(json, "parent"), number(json, "state"),
                environment);
        } catch (ClassCastException | NullPointerException | IllegalArgumentException | DateTimeException e) {
            throw new IOException("Not a line of the journal: " + line, e);
        }
    }

    private static Change change(Map<?, ?> json) {
        return new Change(text(json, "key"), plain(json.get("before")), plain(json.get("after")), text(json, "file"), text(json, "set_by"),
            text(json, "shadowed_by"), Applies.valueOf(text(json, "applies").toUpperCase(Locale.ROOT)), text(json, "read_by"));
    }

    private static Object plain(Object value) {
        return value == null ? null : Values.plain(value);
    }

    private static Map<String, String> names(Map<?, ?> json) {
        Map<String, String> names = new TreeMap<>();
        json.forEach((name, copy) -> names.put(name.toString(), copy.toString()));
        return names;
    }

    private static String text(Map<?, ?> json, String name) {
        return (String) json.get(name);
    }

    private static int number(Map<?, ?> json, String name) {
        return ((Number) json.get(name)).intValue();
    }
}
