package studio.ozone.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Settings.Applies;

import static org.junit.Assert.assertEquals;

public class KeyCacheTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void keepsWhatItWasGiven() {
        KeyCache cache = new KeyCache(folder.getRoot().toPath().resolve("keys"));
        assertEquals(Map.of(), cache.load());
        Map<Long, KeyCache.Read> bundles = Map.of(
            3L, new KeyCache.Read(17, List.of(
                new Key("a.number", Key.Type.NUMBER, false, 0.5, 0.0, 1.0, List.of(), "Half.", "b"),
                new Key("a.words", Key.Type.STRING, true, List.of("x, y", "z"), null, null, List.of(), "", "b"),
                new Key("a.choice", Key.Type.STRING, false, null, null, null, List.of("on", "off"), "tab\tand line\n", "b",
                    new Key.About("ms", Applies.REBUILD, "Less is more.", true))), List.of(
                new Key("a.on", Key.Type.BOOLEAN, false, true, null, null, List.of(), "", null))),
            4L, new KeyCache.Read(18, List.of(), List.of()));
        cache.save(bundles);
        assertEquals(bundles, cache.load());
    }

    @Test
    public void damagedFileIsAsGoodAsNone() throws IOException {
        Path file = folder.getRoot().toPath().resolve("keys");
        KeyCache cache = new KeyCache(file);
        cache.save(Map.of(3L, new KeyCache.Read(17, List.of(new Key("a.b", Key.Type.BOOLEAN, false, true, null, null, List.of(), "B.", "b")), List.of())));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertEquals("cut to " + length, Map.of(), cache.load());
        }
    }
}
