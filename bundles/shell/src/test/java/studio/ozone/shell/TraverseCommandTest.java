package studio.ozone.shell;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.apache.karaf.shell.support.CommandException;
import org.junit.Assume;
import org.junit.Test;

import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.Traversal.Budget;
import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Found;
import studio.ozone.api.zsei.Traversal.Mode;
import studio.ozone.api.zsei.Traversal.Request;
import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The ways of a traversal, as a terminal, a program and Graphviz get them. */
public class TraverseCommandTest {

    private static final String HOSTILE = "a\"]; evil [label=\\\"\u001b[2J\u202e\n<b>x";

    private final Map<Long, Container> containers = new HashMap<>();
    private final List<Request> asked = new ArrayList<>();
    private List<Found> found = List.of();
    private String why;
    private final Typed typed = new Typed().with(Traversal.class, request -> {
        asked.add(request);
        return new Traversal.Result(found, 7, 6, 0, 0, why == null, false, why, 1_500_000);
    }).with(ContainerStore.class, (ContainerStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ContainerStore.class},
        (proxy, method, arguments) -> switch (method.getName()) {
            case "get" -> Optional.ofNullable(containers.get(arguments[0]));
            case "find" -> containers.values().stream().filter(each -> arguments[0].equals(each.source())).findFirst();
            default -> throw new UnsupportedOperationException(method.getName());
        }));

    private void put(long id, ContainerType type, String name, String source) {
        containers.put(id, new Container(id, 0, 1, type, name, source, null, 0, 0, null, Instant.EPOCH, Instant.EPOCH, Map.of()));
    }

    private TraverseCommand from(String start) {
        TraverseCommand command = new TraverseCommand();
        command.starts = new ArrayList<>(List.of(start));
        return command;
    }

    @Test
    public void theWaysAreDrawnAsATree() throws Exception {
        put(1, ContainerType.DIRECTORY, "notes", "/notes");
        put(2, ContainerType.DOCUMENT, "lamp.md", "/notes/lamp.md");
        put(3, ContainerType.SECTION, "Lamp", "/notes/lamp.md");
        put(4, ContainerType.DOCUMENT, "sea.md", "/notes/sea.md");
        found = List.of(new Found(1, 0, List.of(1L)), new Found(4, 1, List.of(1L, 4L)), new Found(3, 2, List.of(1L, 2L, 3L)));
        why = "It ended at maxResults 3";
        assertEquals("""
            notes  directory 1
            ├─ sea.md  document 4
            └─ lamp.md  document 2
               └─ Lamp  section 3

            3 containers, 7 looked at, 6 hops, in 1.5 ms
            It ended at maxResults 3
            """, typed.run(from("/notes")));
        assertEquals(Request.of(1, Mode.STRUCTURAL), asked.getLast());
        TraverseCommand quiet = from("1");
        quiet.quiet = true;
        quiet.mode = "hybrid";
        assertEquals("""
            notes  directory 1  0.000
            ├─ sea.md  document 4  1.000
            └─ lamp.md  document 2
               └─ Lamp  section 3  2.000
            """, typed.run(quiet));
    }

    @Test
    public void everyOptionReachesTheRequest() throws Exception {
        put(1, ContainerType.DIRECTORY, "notes", "/notes");
        TraverseCommand command = from("1");
        command.mode = "brute-force";
        command.like = "contextual";
        command.query = "oil";
        command.types = List.of("document", "chunk");
        command.keywords = List.of("Lamp");
        command.topics = List.of("Sea");
        command.relations = List.of("references");
        command.since = "2026-01-31T12:00:00Z";
        command.until = "2026-02-01T00:00:00Z";
        command.depth = 4;
        command.k = 5;
        command.hops = 6;
        command.millis = 7;
        typed.run(command);
        assertEquals(new Request(1, Mode.BRUTE_FORCE, "oil", new Filter(Set.of(ContainerType.DOCUMENT, ContainerType.CHUNK), Set.of("lamp"), Set.of("sea"),
            Set.of(RelationType.REFERENCES), Instant.parse("2026-01-31T12:00:00Z"), Instant.parse("2026-02-01T00:00:00Z")), 4, 5, new Budget(6, 7), Mode.CONTEXTUAL),
            asked.getLast());
        TraverseCommand text = new TraverseCommand();
        text.query = "oil";
        typed.run(text);
        assertEquals(Request.of(0, Mode.SEMANTIC).about("oil"), asked.getLast());
    }

    @Test
    public void wrongUseIsRefusedAndNamed() throws Exception {
        refused("Where from?", new TraverseCommand());
        TraverseCommand command = from("1");
        command.mode = "sideways";
        refused("--mode is 'sideways'; it can be structural, semantic", command);
        command.mode = null;
        command.types = List.of("docment");
        refused("--type is 'docment'", command);
        command.types = null;
        command.since = "yesterday";
        refused("--since is 'yesterday'", command);
        command.since = null;
        command.like = "semantic";
        refused("--like goes with", command);
        command.like = null;
        command.k = -1;
        refused("--k is -1", command);
        command.k = 0;
        command.json = true;
        command.dot = true;
        refused("exclude each other", command);
        TraverseCommand placeless = new TraverseCommand();
        placeless.query = "x";
        placeless.mode = "structural";
        refused("needs a START", placeless);
        assertEquals(PipelineException.Code.NOT_FOUND, assertThrows(PipelineException.class, () -> typed.run(from("/unread"))).code());
        assertEquals(List.of(), asked);
    }

    private void refused(String what, TraverseCommand command) {
        String message = assertThrows(CommandException.class, () -> typed.run(command)).getMessage();
        assertTrue(message, message.contains(what));
    }

    @Test
    public void aHostileNameDoesNothingOnATerminal() throws Exception {
        put(1, ContainerType.DOCUMENT, HOSTILE, "/x");
        found = List.of(new Found(1, 0, List.of(1L)));
        String tree = typed.run(from("1"));
        assertFalse(tree, tree.contains("\u001b") || tree.contains("\u202e") || tree.contains("\n<b>"));
        TraverseCommand json = from("1");
        json.json = true;
        Map<String, Object> shown = Json.readObject(typed.run(json));
        assertEquals("programs get it as it is", HOSTILE, ((Map<?, ?>) ((List<?>) shown.get("containers")).getFirst()).get("name"));
        assertEquals(List.of("start", "mode", "query", "containers", "visited", "hops", "cache_hits", "shards_searched", "complete", "fallback", "why", "took_ms"),
            List.copyOf(shown.keySet()));
    }

    @Test
    public void dotIsQuoted() throws Exception {
        put(1, ContainerType.DOCUMENT, HOSTILE, "/x");
        put(2, ContainerType.CHUNK, "", "/x");
        found = List.of(new Found(2, 0.25, List.of(1L, 2L)));
        TraverseCommand command = from("1");
        command.dot = true;
        command.mode = "contextual";
        String dot = typed.run(command);
        assertEquals("""
            digraph traversal {
              rankdir=LR;
              node [shape=box];
              1 [label="a\\"]; evil [label=\\\\\\"\uFFFD[2J\uFFFD <b>x\\ndocument 1", style=dashed];
              2 [label="x:0-0\\nchunk 2\\n0.250"];
              1 -> 2;
            }
            """, dot);
    }

    @Test
    public void graphvizReadsIt() throws Exception {
        Path graphviz = Path.of("/usr/bin/dot");
        Assume.assumeTrue("Graphviz is not installed", Files.isExecutable(graphviz));
        put(1, ContainerType.DOCUMENT, HOSTILE, "/x");
        found = List.of(new Found(1, 0.25, List.of(1L)));
        TraverseCommand command = from("1");
        command.dot = true;
        Process process = new ProcessBuilder(graphviz.toString(), "-Tplain").redirectErrorStream(true).start();
        process.outputWriter().append(typed.run(command)).close();
        String plain = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(plain, 0, process.exitValue());
        assertEquals("one node", 1, plain.lines().filter(line -> line.startsWith("node ")).count());
    }
}
