package studio.ozone.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.Test;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class TomlReaderTest {

    private static final String SAMPLE = """
        # the file's own comment
        top = "x"
        [zsei] # a table
        compression = "lz4"    # a codec
        "quoted key" = 'C:\\no\\escape'
        hnsw.m = 16
        hnsw.ef.search = 1_000
        [zsei.traversal]
        depth = -0x0
        hex = 0xff_ff
        oct = 0o17
        bin = 0b1010
        ratio = 6.02e23
        text = "tab\\t quote\\" uni\\u00e9 \\U0001F600"
        long = \"""
        first
          second \\
             third ""quoted\"""\"
        raw = '''
        it's "raw" \\n'''
        list = [1, 2, # a comment
          3,
        ]
        nested = [["a"], ["b", 'c']]
        inline = { a = 1, b.c = true }
        empty = {}
        when = 2026-11-24T10:00:00Z
        [network.dht]
        on = false
        """;

    @Test
    public void readsAllKindsOfValues() throws TomlException {
        Map<String, Object> values = flat(SAMPLE.replace("-0x0", "0x0"));
        assertEquals("x", values.get("top"));
        assertEquals("C:\\no\\escape", values.get("zsei.quoted key"));
        assertEquals(1000L, values.get("zsei.hnsw.ef.search"));
        assertEquals(65535L, values.get("zsei.traversal.hex"));
        assertEquals("tab\t quote\" uni\u00e9 \uD83D\uDE00", values.get("zsei.traversal.text"));
        assertEquals("first\n  second third \"\"quoted\"", values.get("zsei.traversal.long"));
        assertEquals("it's \"raw\" \\n", values.get("zsei.traversal.raw"));
        assertEquals(List.of(1L, 2L, 3L), values.get("zsei.traversal.list"));
        assertEquals(true, values.get("zsei.traversal.inline.b.c"));
    }

    @Test
    public void namesLineAndColumnOfWhatIsWrong() {
        assertMessage("[a]\nx = yes\n", "line 2, column 5: 'yes' is no value; text is written in quotes: \"yes\"");
        assertMessage("[a]\nx = 1\nx = 2\n", "line 3, column 1: 'a.x' is set in line 2 already");
        assertMessage("[a]\n[b]\n[a]\n", "line 3, column 1: the table [a] stands in line 1 already; put its keys together there");
        assertMessage("[a]\nx = \n", "line 2, column 5: the value is missing");
        assertMessage("x = \"open\n", "line 1, column 5: the text has no closing quote");
        assertMessage("[[a]]\n", "line 1, column 2: an array of tables ([[…]]) has no meaning in this configuration; write [table]");
        assertMessage("x = [1, 2\n", "line 2, column 1: the items of a list are parted by commas, and the list ends with ], but the file ends here");
        assertMessage("x = 1 y = 2", "line 1, column 7: nothing but a comment can follow on this line, but there is 'y'");
    }

    @Test
    public void refusesWhatTheLanguageRefuses() {
        for (String wrong : List.of("x = 01", "x = 1__0", "x = _1", "x = 1.", "x = .5", "= 1", "x", "[a", "[]", "[a.]", "a..b = 1", "x = \"\\q\"",
                "x = \"\\ud800\"", "x = {a = 1,\n b = 2}", "x = 1\nx.y = 2", "[a]\nb = 1\n[a.b]", "a.b = 1\n[a]", "x = {a = 1}\nx.b = 2",
                "x = 'a\nb'", "x = 99999999999999999999", "x = \"\u0001\"", "x = 1\r y = 2", "x = [1 2]", "x = {a = 1,, b = 2}", "x = True")) {
            assertThrows(wrong, TomlException.class, () -> TomlReader.read(wrong));
        }
    }

    @Test
    public void deepNestingIsRefusedNotOverflown() {
        assertThrows(TomlException.class, () -> TomlReader.read("x = " + "[".repeat(100_000)));
        assertThrows(TomlException.class, () -> TomlReader.read("x = " + "{a=".repeat(100_000)));
    }

    @Test
    public void agreesWithAnotherParserOnMutatedTexts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "[]{}=.,\"'\\# \n\t_-+:0123456789abetrufalsinxoE";
        int both = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder("[a]\nb = \"c\" # d\ne = [1, 2]\nf.g = 1.5\n[h.i]\nj = {k = true, l = 'm'}\n");
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.deleteCharAt(at);
                }
            }
            String toml = text.toString();
            TomlParseResult other;
            try {
                other = org.tomlj.Toml.parse(toml);
            } catch (AssertionError e) {
                continue;                     // an assertion of its own: it does not say what the text is
            }
            String where = "seed " + seed + ", round " + round + ":\n" + toml;
            try {
                Map<String, Object> mine = flat(toml);
                if (!other.hasErrors()) {
                    assertEquals(where, flat(other), mine);
                    both++;
                }
            } catch (TomlException e) {
                assertTrue(where + e.getMessage(), e.getMessage().startsWith("line "));
                assertTrue(where + e.getMessage(), other.hasErrors() || e.getMessage().contains("has no meaning in this configuration"));
            }
        }
        assertTrue("read by both: " + both, both > 1500);
    }

    private static void assertMessage(String text, String message) {
        assertEquals(message, assertThrows(TomlException.class, () -> TomlReader.read(text)).getMessage());
    }

    static Map<String, Object> flat(String text) throws TomlException {
        Map<String, Object> values = new TreeMap<>();
        TomlReader.read(text).entries().forEach(entry -> values.put(entry.key(), entry.value()));
        return values;
    }

    private static Map<String, Object> flat(TomlParseResult parsed) {
        Map<String, Object> values = new TreeMap<>();
        parsed.entryPathSet().forEach(entry -> values.put(String.join(".", entry.getKey()), plain(entry.getValue())));
        return values;
    }

    private static Object plain(Object value) {
        if (value instanceof TomlArray array) {
            List<Object> items = new ArrayList<>();
            array.toList().forEach(item -> items.add(plain(item)));
            return items;
        }
        return value;
    }
}
