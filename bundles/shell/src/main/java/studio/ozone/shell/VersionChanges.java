package studio.ozone.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore.Version;
import studio.ozone.api.zsei.Relation;

/** What is different between two states of a container. */
final class VersionChanges {

    private static final int MOST_SHOWN = 20;
    private static final int MOST_CHARACTERS = 80;

    /**
     * Something that is different.
     *
     * @param what a field, {@code attribute NAME}, or {@code edge TYPE ID}
     * @param before null where there was none
     * @param after null where there is none any more
     */
    record Change(String what, String before, String after) { }

    private VersionChanges() { }

    /** From an older state to a newer one. Edges count where both know theirs. */
    static List<Change> between(Version older, Version newer) {
        List<Change> changes = new ArrayList<>();
        Map<String, String> before = facts(older.container());
        Map<String, String> after = facts(newer.container());
        for (String what : after.keySet()) {
            add(changes, what, before.get(what), after.get(what));
        }
        TreeSet<String> names = new TreeSet<>(older.container().attributes().keySet());
        names.addAll(newer.container().attributes().keySet());
        for (String name : names) {
            add(changes, "attribute " + name, older.container().attributes().get(name), newer.container().attributes().get(name));
        }
        if (older.relationsKept() && newer.relationsKept()) {
            Map<String, String> were = edges(older.relations());
            Map<String, String> are = edges(newer.relations());
            were.forEach((what, value) -> add(changes, what, value, are.get(what)));
            are.forEach((what, value) -> {
                if (!were.containsKey(what)) {
                    add(changes, what, null, value);
                }
            });
        }
        return changes;
    }

    private static void add(List<Change> changes, String what, String before, String after) {
        if (!Objects.equals(before, after)) {
            changes.add(new Change(what, before, after));
        }
    }

    private static Map<String, String> facts(Container container) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("name", container.name());
        facts.put("type", container.type().name().toLowerCase(Locale.ROOT));
        facts.put("parent", Long.toString(container.parent()));
        facts.put("source", container.source());
        facts.put("record", container.record());
        facts.put("range", container.start() + ".." + container.end());
        facts.put("content_hash", container.contentHash());
        return facts;
    }

    static String name(Relation edge) {
        return "edge " + edge.type().name().toLowerCase(Locale.ROOT) + " " + edge.to();
    }

    private static Map<String, String> edges(List<Relation> relations) {
        Map<String, String> edges = new LinkedHashMap<>();
        relations.forEach(edge -> edges.put(name(edge), edge.confidence() + " " + edge.discovery().name().toLowerCase(Locale.ROOT)));
        return edges;
    }

    /** For a terminal, one line each. */
    static List<String> lines(List<Change> changes, Style style) {
        List<String> lines = new ArrayList<>();
        for (Change change : changes.subList(0, Math.min(MOST_SHOWN, changes.size()))) {
            String what = Style.line(change.what());
            lines.add(change.before() == null ? style.good("+ ") + what + "  " + shown(change.after())
                    : change.after() == null ? style.bad("- ") + what + "  " + style.dim(shown(change.before()))
                    : "  " + what + "  " + style.dim(shown(change.before())) + " → " + shown(change.after()));
        }
        if (changes.size() > MOST_SHOWN) {
            lines.add("… and " + (changes.size() - MOST_SHOWN) + " more: --json has all");
        }
        return lines;
    }

    private static String shown(String value) {
        String line = Style.line(value);
        return line.isEmpty() ? "''" : line.codePointCount(0, line.length()) <= MOST_CHARACTERS ? line
                : line.substring(0, line.offsetByCodePoints(0, MOST_CHARACTERS - 1)) + "…";
    }
}
