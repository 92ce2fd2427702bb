package studio.ozone.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class ConfigurationPageTest {

    @Test
    public void saysWhatTheProductSays() throws Exception {
        Map<String, Key> keys = new TreeMap<>();
        KnownKeys.load().forEach(key -> keys.put(key.name(), key));
        keys.putAll(Reactor.read().keys());
        Made.check("docs/configuration.md", new ConfigurationPage(keys.values(), Names.load(), profiles()).text());
    }

    @Test
    public void theProfilesSetKnownKeysToRightValues() throws Exception {
        Map<String, Key> keys = new TreeMap<>(Reactor.read().keys());
        KnownKeys.load().forEach(key -> keys.put(key.name(), key));
        Map<String, Integer> sizes = new TreeMap<>();
        for (Map.Entry<String, Map<String, Object>> profile : profiles().entrySet()) {
            sizes.put(profile.getKey(), profile.getValue().size());
            for (Map.Entry<String, Object> value : profile.getValue().entrySet()) {
                assertTrue(profile.getKey() + " sets " + value.getKey(), keys.containsKey(value.getKey()));
                Values.typed(keys.get(value.getKey()), value.getValue());
            }
        }
        assertEquals("as the guide prints them", Map.of("minimal", 12, "balanced", 15, "performance", 18), sizes);
    }

    private static Map<String, Map<String, Object>> profiles() throws IOException, TomlException {
        Map<String, Map<String, Object>> profiles = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("../../etc/profiles"), "*.toml")) {
            for (Path file : files) {
                Map<String, Object> values = new TreeMap<>();
                TomlReader.read(Files.readString(file)).entries().forEach(entry -> values.put(entry.key(), entry.value()));
                profiles.put(file.getFileName().toString().replace(".toml", ""), values);
            }
        }
        return profiles;
    }
}
