package studio.ozone.zsei.embeddings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** {@code tokens.json} was written by the reference implementation (the Python package tokenizers). */
public class WordPieceTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void agreesWithTheReferenceInEveryScript() throws IOException {
        WordPiece tokenizer = builtIn();
        List<?> cases = (List<?>) Json.read(text("tokens.json"));
        assertTrue(cases.size() > 30);
        for (Object entry : cases) {
            Map<?, ?> golden = (Map<?, ?>) entry;
            long[] expected = ((List<?>) golden.get("ids")).stream().mapToLong(id -> ((Number) id).longValue()).toArray();
            assertArrayEquals("" + golden.get("text"), expected, tokenizer.encode((String) golden.get("text"), 256));
        }
    }

    @Test
    public void readsNoFurtherThanTheWindow() throws IOException {
        WordPiece tokenizer = builtIn();
        long[] some = tokenizer.encode("word ".repeat(1_000), 16);
        long[] more = tokenizer.encode("word ".repeat(10_000_000), 16);
        assertEquals(16, some.length);
        assertArrayEquals(some, more);
        assertEquals(102, more[15]);
    }

    @Test
    public void brokenSurrogatesAreDropped() throws IOException {
        assertArrayEquals(builtIn().encode("ab", 16), builtIn().encode("a\ud800b", 16));
    }

    @Test
    public void refusesWhatIsNotAVocabulary() throws IOException {
        Path file = folder.newFile("tokenizer.json").toPath();
        Files.writeString(file, "{\"model\":{\"type\":\"BPE\"}}");
        IOException refused = assertThrows(IOException.class, () -> WordPiece.read(file));
        assertTrue(refused.getMessage(), refused.getMessage().contains(file.toString()));
        Files.writeString(file, "{\"model\":{\"vocab\":{\"a\":1}}}");
        assertTrue(assertThrows(IOException.class, () -> WordPiece.read(file)).getMessage().contains("[UNK]"));
    }

    private WordPiece builtIn() throws IOException {
        Path file = folder.getRoot().toPath().resolve("built-in.json");
        if (!Files.exists(file)) {
            try (InputStream in = WordPiece.class.getResourceAsStream("/models/all-MiniLM-L6-v2/tokenizer.json")) {
                Files.copy(in, file);
            }
        }
        return WordPiece.read(file);
    }

    static String text(String resource) throws IOException {
        try (InputStream in = WordPieceTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
