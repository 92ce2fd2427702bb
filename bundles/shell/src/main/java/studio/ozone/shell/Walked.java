package studio.ozone.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Traversal.Found;

/** The ways of a traversal, drawn: as a tree on a terminal, or for Graphviz. Names are foreign: nothing in them is obeyed. */
final class Walked {

    private static final int LONGEST_LABEL = 80;

    /** A container on a way; the same one may be reached on several. */
    private static final class Place {

        private final long id;
        private final Map<Long, Place> below = new LinkedHashMap<>();
        private Found found;

        Place(long id) {
            this.id = id;
        }
    }

    private final List<Found> containers;
    private final Map<Long, Container> known;
    private final boolean counted;

    /** @param counted whether a distance is a number of hops, which a tree shows by itself */
    Walked(List<Found> containers, Map<Long, Container> known, boolean counted) {
        this.containers = containers;
        this.known = known;
        this.counted = counted;
    }

    /** @param columns of the terminal; 0 where it is none, and lines are as long as they are */
    void tree(PrintStream out, Style style, int columns) {
        Place all = new Place(0);
        for (Found found : containers) {
            Place at = all;
            for (long id : found.path()) {
                at = at.below.computeIfAbsent(id, Place::new);
            }
            at.found = found;
        }
        for (Place first : all.below.values()) {
            out.println(line(first, "", style, columns));
            below(first, out, style, columns);
        }
    }

    private record Pending(Place place, String indent, boolean last) { }

    /** By hand, for a way may be longer than a stack is deep. */
    private void below(Place top, PrintStream out, Style style, int columns) {
        List<Pending> pending = new ArrayList<>();
        push(top, "", pending);
        while (!pending.isEmpty()) {
            Pending next = pending.removeLast();
            out.println(line(next.place, next.indent + (next.last ? "└─ " : "├─ "), style, columns));
            push(next.place, next.indent + (next.last ? "   " : "│  "), pending);
        }
    }

    private static void push(Place place, String indent, List<Pending> pending) {
        List<Place> below = new ArrayList<>(place.below.values());
        for (int i = below.size() - 1; i >= 0; i--) {
            pending.add(new Pending(below.get(i), indent, i == below.size() - 1));
        }
    }

    private String line(Place place, String indent, Style style, int columns) {
        String facts = facts(place.id) + (place.found == null || counted ? "" : String.format(Locale.ROOT, "  %.3f", place.found.distance()));
        int room = columns == 0 ? Integer.MAX_VALUE : Math.max(8, columns - indent.length() - facts.length() - 2);
        String name = cut(name(place.id), room);
        return indent + (place.found == null ? style.dim(name) : name) + "  " + style.dim(facts);
    }

    private String facts(long id) {
        Container container = known.get(id);
        return (container == null ? "gone" : container.type().name().toLowerCase(Locale.ROOT)) + " " + id;
    }

    private String name(long id) {
        Container container = known.get(id);
        String name = container == null ? "" : Style.line(container.name());
        if (name.isEmpty() && container != null && container.type() == ContainerType.CHUNK) {
            name = Style.line(container.source() == null ? "" : container.source().substring(container.source().lastIndexOf('/') + 1)) + ":" + container.start() + "-" + container.end();
        }
        return name.isEmpty() ? "(no name)" : name;
    }

    /** No longer than so many characters, and no half ones. */
    private static String cut(String text, int most) {
        if (text.codePointCount(0, text.length()) <= most) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
    }

    void dot(PrintStream out) {
        out.println("digraph traversal {");
        out.println("  rankdir=LR;");
        out.println("  node [shape=box];");
        Map<Long, Found> results = new LinkedHashMap<>();
        Set<Long> ids = new LinkedHashSet<>();
        Set<String> edges = new LinkedHashSet<>();
        for (Found found : containers) {
            results.put(found.id(), found);
            List<Long> path = found.path();
            for (int i = 0; i < path.size(); i++) {
                ids.add(path.get(i));
                if (i > 0) {
                    edges.add("  " + path.get(i - 1) + " -> " + path.get(i) + ";");
                }
            }
        }
        for (long id : ids) {
            Found found = results.get(id);
            String label = quoted(cut(name(id), LONGEST_LABEL)) + "\\n" + quoted(facts(id))
                + (found == null ? "" : String.format(Locale.ROOT, counted ? "\\n%.0f" : "\\n%.3f", found.distance()));
            out.println("  " + id + " [label=\"" + label + "\"" + (found == null ? ", style=dashed" : "") + "];");
        }
        edges.forEach(out::println);
        out.println("}");
    }

    /** Within double quotes of DOT, where a backslash and a quote are all that counts. */
    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
