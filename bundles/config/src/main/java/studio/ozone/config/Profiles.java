package studio.ozone.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Settings.Problem;
import studio.ozone.api.config.Settings.Profile;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

/** Sets of values under a name: the three that ship, and the TOML files in {@code etc/profiles}, which win where a name is the same. */
final class Profiles {

    private static final List<String> SHIPPED = List.of("minimal", "balanced", "performance");
    private static final String TOML = ".toml";
    private static final Logger LOG = LoggerFactory.getLogger(Profiles.class);

    private final Path folder;

    Profiles(Path folder) {
        this.folder = folder;
    }

    /** By name; one that cannot be read has no keys and says so. */
    List<Profile> list(SourceReader reader) {
        List<Profile> profiles = new ArrayList<>();
        for (String name : names()) {
            try {
                byte[] content = content(name);
                Source source = reader.read(file(name), content);
                profiles.add(new Profile(name, description(name, source.document().text()), own(name, content) ? file(name).toString() : null,
                    source.values().size()));
            } catch (TomlException | IOException e) {
                profiles.add(new Profile(name, SourceReader.broken(file(name), e).message(), file(name).toString(), 0));
            }
        }
        return profiles;
    }

    /** @throws SettingsException if there is none of this name, or it has a mistake */
    Source get(String name, SourceReader reader) throws SettingsException {
        if (!names().contains(name)) {
            throw new SettingsException(Code.UNKNOWN_PROFILE, "There is no profile " + name + ". There are " + String.join(", ", names())
                + "; your own is a file " + folder.resolve("NAME" + TOML) + ".");
        }
        try {
            Source source = reader.read(file(name), content(name));
            if (!source.errors().isEmpty()) {
                throw new SettingsException(Code.UNREADABLE, source.errors().getFirst().message() + " Nothing has changed.");
            }
            return source;
        } catch (TomlException | IOException e) {
            Problem problem = SourceReader.broken(file(name), e);
            throw new SettingsException(Code.UNREADABLE, problem.message() + " Nothing has changed.", e);
        }
    }

    private TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>(SHIPPED);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + TOML)) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    if (!name.startsWith(".")) {
                        names.add(name.substring(0, name.length() - TOML.length()));
                    }
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be read; only the profiles that ship are known", folder, e);
            }
        }
        return names;
    }

    private Path file(String name) {
        return folder.resolve(name + TOML);
    }

    private byte[] content(String name) throws IOException {
        return Files.exists(file(name)) ? EtcFiles.read(file(name)) : shipped(name);
    }

    private boolean own(String name, byte[] content) {
        return !SHIPPED.contains(name) || !Arrays.equals(content, shipped(name));
    }

    private static byte[] shipped(String name) {
        try (InputStream in = Profiles.class.getResourceAsStream("profiles/" + name + TOML)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first line of the text, where it is a comment. */
    private static String description(String name, String text) {
        String first = text.lines().findFirst().orElse("");
        String said = first.startsWith("#") ? first.substring(1).strip() : "";
        String file = name + TOML;
        return said.startsWith(file) ? said.substring(file.length()).replaceFirst("^\\s*[-–:]?\\s*", "") : said;
    }

    /** For messages and tests. */
    static String shippedText(String name) {
        return new String(shipped(name), StandardCharsets.UTF_8);
    }
}
