package studio.ozone.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class DocumentEditTest {

    private static final String FILE = """
        # Head of the file

        [zsei.traversal] # limits
        # hops
        default_max_depth = 10   # enough
          hot = 1

        [pipeline]
        built_in = { voice_enabled = true, other = "x" } # inline

        [llm]
        local.threads = 2
        """;

    @Test
    public void replacesOnlyTheValue() throws TomlException {
        assertEquals(FILE.replace("= 10   # enough", "= 12   # enough"), read(FILE).with("zsei.traversal.default_max_depth", 12L).text());
        assertEquals(FILE.replace("voice_enabled = true", "voice_enabled = false"), read(FILE).with("pipeline.built_in.voice_enabled", false).text());
    }

    @Test
    public void addsBelowTheNeighboursOrInANewTable() throws TomlException {
        assertEquals(FILE.replace("  hot = 1\n", "  hot = 1\n  cold = \"a\\\"b\"\n"), read(FILE).with("zsei.traversal.cold", "a\"b").text());
        assertEquals(FILE.replace("other = \"x\" }", "other = \"x\", more = 1.5 }"), read(FILE).with("pipeline.built_in.more", 1.5).text());
        assertEquals(FILE.replace("local.threads = 2\n", "local.threads = 2\nlocal.layers = 3\n"), read(FILE).with("llm.local.layers", 3L).text());
        assertEquals(FILE + "\n[network.dht]\nmax_peers = 5\n", read(FILE).with("network.dht.max_peers", 5L).text());
        assertEquals("[a]\nb = 1\n", read("").with("a.b", 1L).text());
        assertEquals("[a]\n# nothing yet\n".replace("[a]\n", "[a]\nb = [1, 2]\n"), read("[a]\n# nothing yet\n").with("a.b", List.of(1L, 2L)).text());
        assertEquals("[a]\r\nb = 1\r\nc = 2\r\n", read("[a]\r\nb = 1\r\n").with("a.c", 2L).text());
        assertEquals("[a]\nb = 1\nc = 2", read("[a]\nb = 1").with("a.c", 2L).text());
    }

    @Test
    public void removesTheLine() throws TomlException {
        assertEquals(FILE.replace("default_max_depth = 10   # enough\n", ""), read(FILE).without("zsei.traversal.default_max_depth").text());
        assertEquals(FILE.replace("voice_enabled = true, ", ""), read(FILE).without("pipeline.built_in.voice_enabled").text());
        assertEquals(FILE.replace(", other = \"x\"", ""), read(FILE).without("pipeline.built_in.other").text());
        assertEquals(FILE, read(FILE).without("no.such").text());
        assertEquals("[a]\n", read("[a]\nb = [1,\n 2] # end\n").without("a.b").text());
    }

    @Test
    public void thousandRandomSetsAndUnsetsKeepTheFileValidAndItsComments() throws TomlException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Toml document = read(FILE);
        Map<String, Object> expected = values(document);
        List<String> comments = comments(FILE);
        List<String> tables = List.of("zsei.traversal", "pipeline.built_in", "llm.local", "network.dht", "a.b.c", "zsei");
        for (int round = 0; round < 1000; round++) {
            String key = tables.get(random.nextInt(tables.size())) + ".k" + random.nextInt(6);
            if (random.nextInt(3) == 0) {
                document = document.without(key);
                expected.remove(key);
            } else {
                Object value = value(random);
                document = document.with(key, value);
                expected.put(key, value);
            }
            assertEquals("seed " + seed + ", round " + round, expected, values(TomlReader.read(document.text())));
            assertEquals("seed " + seed + ", round " + round + "\n" + document.text(), comments, comments(document.text()));
        }
    }

    @Test
    public void cfgIsReadAndEdited() throws TomlException {
        String text = "# comment\nvoice_enabled = false\n\n! other\npath: C\\:\\\\x\nlong = a,\\\n   b\ntyped = B\"true\"\nfeatures.x=1\n";
        Cfg cfg = Cfg.read(text, List.of("pipeline", "built_in"));
        Map<String, Object> values = values(cfg);
        assertEquals("false", values.get("pipeline.built_in.voice_enabled"));
        assertEquals("C:\\x", values.get("pipeline.built_in.path"));
        assertEquals("a,b", values.get("pipeline.built_in.long"));
        assertEquals("true", values.get("pipeline.built_in.typed"));
        assertEquals("1", values.get("pipeline.built_in.features.x"));
        assertEquals(5, cfg.find("pipeline.built_in.path").orElseThrow().line());
        assertEquals(text.replace("= false", "= true"), cfg.with("pipeline.built_in.voice_enabled", true).text());
        assertEquals(text.replace("long = a,\\\n   b\n", ""), cfg.without("pipeline.built_in.long").text());
        assertEquals(text + "more = 1,2\n", cfg.with("pipeline.built_in.more", List.of(1L, 2L)).text());
        assertEquals("C:\\y", values(cfg.with("pipeline.built_in.path", "C:\\y")).get("pipeline.built_in.path"));
    }

    private static Object value(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextDouble() * Math.pow(10, random.nextInt(40) - 20);
            case 2 -> random.nextBoolean();
            case 3 -> List.of((Object) 1L, 2L);
            default -> {
                StringBuilder text = new StringBuilder();
                random.ints(random.nextInt(12), 0, 0x250).forEach(text::appendCodePoint);
                yield text.toString();
            }
        };
    }

    private static List<String> comments(String text) {
        List<String> comments = new ArrayList<>();
        for (String comment : List.of("# Head of the file", "# limits", "# hops", "# enough", "# inline")) {
            if (text.contains(comment)) {
                comments.add(comment);
            }
        }
        assertTrue(comments.size() == 5);
        return comments;
    }

    private static Toml read(String text) throws TomlException {
        return TomlReader.read(text);
    }

    private static Map<String, Object> values(Document document) {
        Map<String, Object> values = new TreeMap<>();
        document.entries().forEach(entry -> values.put(entry.key(), entry.value()));
        return values;
    }
}
