package studio.ozone.shell;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.action.command.DefaultActionPreparator;
import org.apache.karaf.shell.support.CommandException;
import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Command lines as they are typed, through Karaf's own parser and then through ours. */
public class ArgumentsTest {

    private static final Session NO_TERMINAL = (Session) Proxy.newProxyInstance(Session.class.getClassLoader(), new Class<?>[] {Session.class},
        (proxy, method, arguments) -> null);

    private static <T extends Action> T parse(T command, String... words) throws Exception {
        assertTrue(new DefaultActionPreparator().prepare(command, NO_TERMINAL, Arrays.<Object>asList((Object[]) words)));
        Arguments.sort(command);
        return command;
    }

    @Test
    public void optionsMayFollowTheText() throws Exception {
        SearchCommand search = parse(new SearchCommand(), "late parcels", "--k", "5", "--mode", "keyword", "--with", "a", "--with=b", "--json");
        assertEquals(List.of("late parcels"), search.words);
        assertEquals(5, search.k);
        assertEquals("keyword", search.mode);
        assertEquals(List.of("a", "b"), search.with);
        assertTrue(search.json);
    }

    @Test
    public void optionsMayStandOnBothSides() throws Exception {
        PromptCommand prompt = parse(new PromptCommand(), "--with", "README.md", "Who", "signs?", "--with", "docs", "--json");
        assertEquals(List.of("Who", "signs?"), prompt.words);
        assertEquals(List.of("README.md", "docs"), prompt.with);
        assertTrue(prompt.json);
        IngestCommand ingest = parse(new IngestCommand(), "a", "--exclude", "*.log", "b", "--force");
        assertEquals(List.of("a", "b"), ingest.names);
        assertEquals(List.of("*.log"), ingest.exclude);
        assertTrue(ingest.force);
    }

    @Test
    public void aDashReadsTheInputWhereverItStands() throws Exception {
        assertTrue(parse(new PromptCommand(), "-").input);
        assertTrue(parse(new PromptCommand(), "--json", "-").input);
        assertEquals(List.of("-"), parse(new PromptCommand(), "", "-").words.subList(1, 2));
    }

    @Test
    public void severalKeysAreSetTogether() throws Exception {
        ConfigCommand config = parse(new ConfigCommand(), "--set", "a.b=1", "c.d=x=y", "--json");
        assertEquals(List.of("a.b=1"), config.set);
        assertEquals(List.of("c.d=x=y"), config.arguments);
        assertTrue(config.json);
    }

    @Test
    public void behindTwoDashesThereAreNoOptions() throws Exception {
        SearchCommand search = parse(new SearchCommand(), "minus", "--", "--json", "-5");
        assertEquals(List.of("minus", "--json", "-5"), search.words);
        assertFalse(search.json);
    }

    @Test
    public void anEmptyQuestionStaysOne() throws Exception {
        assertEquals(List.of(""), parse(new PromptCommand(), "").words);
        assertNull(parse(new PromptCommand()).words);
    }

    @Test
    public void mistakesAreNamed() {
        assertTrue(assertThrows(CommandException.class, () -> parse(new SearchCommand(), "x", "--size", "3")).getMessage().contains("'--size'"));
        assertTrue(assertThrows(CommandException.class, () -> parse(new SearchCommand(), "x", "--k")).getMessage().contains("Missing value"));
        assertTrue(assertThrows(CommandException.class, () -> parse(new SearchCommand(), "x", "--k", "ten")).getMessage().contains("'ten'"));
        assertThrows(CommandException.class, () -> OzoneCommand.one("FILE", List.of("a", "b")));
        assertThrows(CommandException.class, () -> OzoneCommand.one("FILE", null));
    }
}
