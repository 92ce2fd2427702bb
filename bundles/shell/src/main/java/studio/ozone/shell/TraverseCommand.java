package studio.ozone.shell;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.Traversal.Budget;
import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Mode;
import studio.ozone.api.zsei.ZseiException;

@Service
@Command(scope = "ozone", name = "traverse", description = "Shows what is near a container, by structure, meaning, context or all three, or what is near a text.\n"
        + "Examples: ozone-core traverse notes/   ozone-core traverse notes/lamp.md --mode contextual   ozone-core traverse --query \"lamp oil\" --mode hybrid --dot")
public final class TraverseCommand extends OzoneCommand {

    private static final int NARROWEST = 20;

    /** The modes, for completion. */
    @Service
    public static final class Modes extends StringsCompleter {
        public Modes() {
            super(names(Mode.values()));
        }
    }

    /** The types of containers, for completion. */
    @Service
    public static final class Types extends StringsCompleter {
        public Types() {
            super(names(ContainerType.values()));
        }
    }

    /** The types of edges, for completion. */
    @Service
    public static final class Relations extends StringsCompleter {
        public Relations() {
            super(names(RelationType.values()));
        }
    }

    /**
     * A container, for programs.
     *
     * @param name what it is called; null where it is gone meanwhile
     * @param source the file it describes or lies in; null where there is none
     */
    record Node(long id, String type, String name, String source, double distance, List<Long> path) { }

    /** What {@code --json} prints. */
    record Shown(long start, String mode, String query, List<Node> containers, int visited, long hops, int cacheHits, int shardsSearched, boolean complete,
            boolean fallback, String why, double tookMs) { }

    @Argument(name = "START", description = "A container's number, or a file or folder that was ingested", multiValued = true)
    @Completion(FileCompleter.class)
    List<String> starts;

    @Option(name = "--query", description = "A text in place of a start; with a start, only what lies below that is found by meaning")
    String query;

    @Option(name = "--mode", description = "structural, semantic, contextual, hybrid or brute_force; without it structural, or semantic where there is a --query")
    @Completion(Modes.class)
    String mode;

    @Option(name = "--like", description = "The mode whose answer brute_force finds by looking at everything")
    @Completion(Modes.class)
    String like;

    @Option(name = "--type", description = "Only containers of this type (document, chunk, term …); may be repeated", multiValued = true)
    @Completion(Types.class)
    List<String> types;

    @Option(name = "--keyword", description = "Only what has this keyword, itself or above it; may be repeated", multiValued = true)
    List<String> keywords;

    @Option(name = "--topic", description = "Only what is below this category, or linked with it; may be repeated", multiValued = true)
    List<String> topics;

    @Option(name = "--relation", description = "Follow edges of this type (references, has_keyword …); may be repeated", multiValued = true)
    @Completion(Relations.class)
    List<String> relations;

    @Option(name = "--since", description = "Only what changed at this time or later, as 2026-01-31 or 2026-01-31T12:00")
    String since;

    @Option(name = "--until", description = "Only what changed before this time")
    String until;

    @Option(name = "--depth", description = "How many hops at most, 1..65535; without it zsei.traversal.default_max_depth")
    int depth;

    @Option(name = "--k", description = "How many containers at most, 1..100000; without it zsei.traversal.default_max_results")
    int k;

    @Option(name = "--hops", description = "Links that may be followed in all")
    int hops;

    @Option(name = "--millis", description = "Milliseconds that it may take")
    int millis;

    @Option(name = "--dot", description = "Print the ways as a graph for Graphviz")
    boolean dot;

    @Override
    Object run() throws Exception {
        if (json && dot) {
            throw new CommandException("--json and --dot exclude each other");
        }
        if (starts == null && query == null) {
            throw new CommandException("Where from? ozone-core traverse START, or --query TEXT");
        }
        Traversal.Request request = request();
        Traversal.Result result = with(Traversal.class, "zsei.traversal", traversal -> traversal.walk(request));
        Map<Long, Container> known = with(ContainerStore.class, "zsei.store", store -> known(store, request, result));
        if (json) {
            print(shown(request, result, known));
        } else {
            Walked walked = new Walked(result.containers(), known, request.mode() == Mode.STRUCTURAL || request.measure() == Mode.STRUCTURAL);
            if (dot) {
                walked.dot(out());
            } else {
                walked.tree(out(), style(), columns() == 0 ? 0 : Math.max(NARROWEST, columns()));
                if (!quiet) {
                    summary(result);
                }
            }
        }
        return null;
    }

    private Traversal.Request request() throws Exception {
        Mode by = mode == null ? query == null ? Mode.STRUCTURAL : Mode.SEMANTIC : one(Mode.class, "--mode", mode);
        if (like != null && by != Mode.BRUTE_FORCE) {
            throw new CommandException("--like goes with --mode brute_force");
        }
        Mode measure = like == null ? null : one(Mode.class, "--like", like);
        if (measure == Mode.BRUTE_FORCE) {
            throw new CommandException("--like names another mode than brute_force");
        }
        if (starts == null && (by == Mode.STRUCTURAL || measure == Mode.STRUCTURAL)) {
            throw new CommandException("A structural walk needs a START");
        }
        Filter filter = new Filter(all(ContainerType.class, "--type", types), texts(keywords), texts(topics), all(RelationType.class, "--relation", relations),
            time("--since", since), time("--until", until));
        positive("--depth", depth);
        positive("--k", k);
        positive("--hops", hops);
        positive("--millis", millis);
        return new Traversal.Request(start(), by, query, filter, depth, k, new Budget(hops, millis), measure);
    }

    private static void positive(String name, int value) throws CommandException {
        if (value < 0) {
            throw new CommandException(name + " is " + value + "; it is 1 or more");
        }
    }

    private long start() throws Exception {
        if (starts == null) {
            return 0;
        }
        String text = one("START", starts);
        if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        Path path = path(text);
        return with(ContainerStore.class, "zsei.store", store -> store.find(path.toString(), null))
            .orElseThrow(() -> new PipelineException(PipelineException.Code.NOT_FOUND, path + " has not been read yet: ozone-core ingest " + path)).id();
    }

    private static Set<String> texts(List<String> texts) {
        return texts == null ? Set.of() : new HashSet<>(texts);
    }

    private static <E extends Enum<E>> Set<E> all(Class<E> type, String option, List<String> names) throws CommandException {
        Set<E> set = EnumSet.noneOf(type);
        for (String name : names == null ? List.<String>of() : names) {
            set.add(one(type, option, name));
        }
        return set;
    }

    private static <E extends Enum<E>> E one(Class<E> type, String option, String name) throws CommandException {
        try {
            return Enum.valueOf(type, name.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new CommandException(option + " is '" + Style.line(name) + "'; it can be " + String.join(", ", names(type.getEnumConstants())));
        }
    }

    private static String[] names(Enum<?>[] values) {
        return Arrays.stream(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toArray(String[]::new);
    }

    private static Instant time(String option, String text) throws CommandException {
        if (text == null) {
            return null;
        }
        try {
            return text.endsWith("Z") ? Instant.parse(text) : (text.contains("T") ? LocalDateTime.parse(text) : LocalDate.parse(text).atStartOfDay())
                .atZone(ZoneId.systemDefault()).toInstant();
        } catch (DateTimeParseException e) {
            throw new CommandException(option + " is '" + Style.line(text) + "'; a time is 2026-01-31, 2026-01-31T12:00 or 2026-01-31T12:00:00Z");
        }
    }

    private static Map<Long, Container> known(ContainerStore store, Traversal.Request request, Traversal.Result result) throws ZseiException {
        Map<Long, Container> known = new HashMap<>();
        Set<Long> ids = new HashSet<>(Set.of(request.start()));
        result.containers().forEach(found -> ids.addAll(found.path()));
        for (long id : ids) {
            store.get(id).ifPresent(container -> known.put(id, container));
        }
        return known;
    }

    private Shown shown(Traversal.Request request, Traversal.Result result, Map<Long, Container> known) {
        List<Node> nodes = result.containers().stream().map(found -> {
            Container container = known.get(found.id());
            return container == null ? new Node(found.id(), null, null, null, found.distance(), found.path())
                : new Node(found.id(), container.type().name().toLowerCase(Locale.ROOT), container.name(), container.source(), found.distance(), found.path());
        }).toList();
        return new Shown(request.start(), request.mode().name().toLowerCase(Locale.ROOT), query, nodes, result.visited(), result.hops(), result.cacheHits(),
            result.shardsSearched(), result.complete(), result.fallback(), result.why(), result.tookNanos() / 1e6);
    }

    private void summary(Traversal.Result result) {
        int found = result.containers().size();
        out().printf(Locale.ROOT, "%s%d container%s, %d looked at, %d hop%s%s%s, in %s%n", found == 0 ? "" : "\n", found, found == 1 ? "" : "s", result.visited(),
            result.hops(), result.hops() == 1 ? "" : "s", result.shardsSearched() > 1 ? ", " + result.shardsSearched() + " shards searched" : "",
            result.cacheHits() > 0 ? ", remembered" : "", Style.millis(result.tookNanos() / 1e6));
        if (result.why() != null) {
            out().println(style().warn(Style.line(result.why())));
        }
    }
}
