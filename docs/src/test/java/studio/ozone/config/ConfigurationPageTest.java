package studio.ozone.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import org.junit.Test;

public class ConfigurationPageTest {

    @Test
    public void saysWhatTheProductSays() throws Exception {
        Map<String, Key> keys = new TreeMap<>();
        KnownKeys.load().forEach(key -> keys.put(key.name(), key));
        keys.putAll(Reactor.read().keys());
        Made.check("docs/configuration.md", new ConfigurationPage(keys.values(), Names.load(), profiles()).text());
    }

    private static Map<String, Map<String, Object>> profiles() throws IOException, TomlException {
        Map<String, Map<String, Object>> profiles = new TreeMap<>();
        Path folder = Path.of("../etc/profiles");
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.toml")) {
                for (Path file : files) {
                    Map<String, Object> values = new TreeMap<>();
                    TomlReader.read(Files.readString(file)).entries().forEach(entry -> values.put(entry.key(), entry.value()));
                    profiles.put(file.getFileName().toString().replace(".toml", ""), values);
                }
            }
        }
        return profiles;
    }
}
