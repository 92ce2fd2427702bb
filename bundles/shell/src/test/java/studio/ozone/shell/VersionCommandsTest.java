package studio.ozone.shell;

import java.util.List;
import java.util.Map;

import org.apache.karaf.shell.support.CommandException;
import org.junit.Before;
import org.junit.Test;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.json.Json;
import studio.ozone.zsei.store.kit.MemoryStore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** {@code history} and {@code rollback} as a terminal and a program get them. */
public class VersionCommandsTest {

    private final MemoryStore store = new MemoryStore();
    private final Typed typed = new Typed().with(ContainerStore.class, store);

    @Before
    public void fill() throws Exception {
        store.apply(new Changes().put(plan("plan\u001b[2J", "/plan.md", Map.of("lines", "3", "kind", "md"))).put(text(2)).put(text(3)).put(text(4))
                .relate(edge(2)).relate(edge(3)));
        store.apply(new Changes().put(plan("plan B", "/plan.md", Map.of("lines", "4"))).unrelate(edge(2)).relate(edge(4)));
    }

    private static Container plan(String name, String source, Map<String, String> attributes) {
        return Container.of(1, 0, ContainerType.DOCUMENT, name, source, null, 0, 9, null, attributes);
    }

    private static Container text(long id) {
        return Container.of(id, 0, ContainerType.TEXT, "t", null, null, 0, 0, null, Map.of());
    }

    private static Relation edge(long to) {
        return new Relation(1, to, RelationType.MENTIONS, 0.5, Relation.Discovery.ML);
    }

    private HistoryCommand history(String... arguments) {
        HistoryCommand command = new HistoryCommand();
        command.arguments = List.of(arguments);
        return command;
    }

    private RollbackCommand rollback(String to, String... arguments) {
        RollbackCommand command = new RollbackCommand();
        command.arguments = List.of(arguments);
        command.to = to;
        return command;
    }

    @Test
    public void historySaysWhatEachVersionChanged() throws Exception {
        String out = typed.run(history("1"));
        assertTrue(out, out.startsWith("Container 1 (document, plan B)\nversion 2 "));
        for (String line : List.of("name  plan\uFFFD[2J → plan B", "attribute lines  3 → 4", "- attribute kind  md", "- edge mentions 2  0.5 ml", "+ edge mentions 4  0.5 ml",
                "\nversion 1 ")) {
            assertTrue(line + " in " + out, out.contains(line));
        }
        assertFalse("what stayed", out.contains("mentions 3"));
        assertFalse(out, out.contains("\u001b"));
        assertEquals("by its file too", out, typed.run(history("/plan.md")));
        assertTrue(typed.run(history("2")).contains("it was written once"));
    }

    @Test
    public void historyForPrograms() throws Exception {
        HistoryCommand command = history("1");
        command.json = true;
        Map<String, Object> shown = Json.readObject(typed.run(command));
        List<?> versions = (List<?>) shown.get("versions");
        assertEquals(1, shown.get("id"));
        assertEquals(2, versions.size());
        Map<?, ?> first = (Map<?, ?>) versions.get(1);
        assertEquals(null, first.get("changes"));
        assertEquals("plan\u001b[2J", ((Map<?, ?>) first.get("container")).get("name"));
        assertEquals(2, ((List<?>) first.get("relations")).size());
    }

    @Test
    public void rollbackGoesBackAndSaysHowToUndoIt() throws Exception {
        RollbackCommand planned = rollback(null, "1");
        planned.dryRun = true;
        String plan = typed.run(planned);
        assertTrue(plan, plan.contains("would say again what version 1 said, as version 3") && plan.contains("this was a dry run"));
        assertEquals("plan B", store.get(1).orElseThrow().name());
        store.apply(new Changes().remove(2));
        String out = typed.run(rollback(null, "/plan.md"));
        assertTrue(out, out.contains("says again what version 1 said, as version 3") && out.contains("ozone-core rollback 1 --to 2 undoes it")
                && out.contains("edge mentions 2  does not come back: container 2 is gone") && out.contains("- edge mentions 4"));
        assertEquals(List.of(edge(3)), store.relations(1));
        RollbackCommand back = rollback("2", "1");
        back.json = true;
        Map<String, Object> shown = Json.readObject(typed.run(back));
        assertEquals(List.of(3, 2, 4, false), List.of(shown.get("from"), shown.get("to"), shown.get("version"), shown.get("dry_run")));
        assertEquals("plan B", store.get(1).orElseThrow().name());
    }

    @Test
    public void whatCannotBeDoneIsSaid() {
        assertThrows(CommandException.class, () -> typed.run(history()));
        assertThrows(CommandException.class, () -> typed.run(history("1", "2")));
        assertThrows(CommandException.class, () -> typed.run(rollback("x", "1")));
        assertThrows(ZseiException.class, () -> typed.run(history("77")));
        assertThrows(ZseiException.class, () -> typed.run(rollback("1", "77")));
        assertThrows(ZseiException.class, () -> typed.run(rollback("9", "1")));
        assertTrue(assertThrows(ZseiException.class, () -> typed.run(rollback(null, "2"))).getMessage().contains("max_versions_retained"));
        assertTrue(assertThrows(ZseiException.class, () -> typed.run(history("/nowhere.md"))).getMessage().contains("ingest"));
    }
}
