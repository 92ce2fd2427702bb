package studio.ozone.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings.Plan;
import studio.ozone.api.config.SettingsException;

/** A folder {@code etc/} with the settings on it, Config Admin in memory, and a clock that stands still. */
final class Home {

    static final Origin SOMEBODY = new Origin("command", "somebody");

    final ConfigurationsInMemory admin = new ConfigurationsInMemory();
    final Map<String, String> environment = new HashMap<>();
    final AtomicLong clock = new AtomicLong();
    final List<Key> more = new ArrayList<>();
    final Path root;
    final Path etc;
    FileSettings settings;

    Home(Path root) throws IOException {
        this.root = root;
        this.etc = Files.createDirectories(root.resolve("etc"));
    }

    /** What a new process does. */
    Home start() throws IOException {
        settings = new FileSettings(EtcFiles.of(etc, environment.get(Environment.USER_FILE)), new LastGood(root.resolve("last-good")),
            new ConfigurationTarget(admin.admin()), () -> new Schema(InstalledKeys.all(), List.of(), more), environment, clock::get);
        settings.start();
        return this;
    }

    /** Lets the watcher take up what has changed. */
    void settle() throws IOException {
        settings.scan();
        clock.addAndGet(Intake.SETTLED_NANOS);
        if (settings.scan()) {
            throw new AssertionError("not settled");
        }
    }

    Plan apply(Edit edit) throws SettingsException {
        return settings.apply(edit, SOMEBODY);
    }

    Plan set(String key, Object value) throws SettingsException {
        return apply(Edit.Keys.set(Map.of(key, value.toString())));
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(etc.resolve(name), text);
    }

    String read(String name) throws IOException {
        return Files.readString(etc.resolve(name));
    }

    Object value(String key) throws SettingsException {
        return settings.get(key).value();
    }
}
