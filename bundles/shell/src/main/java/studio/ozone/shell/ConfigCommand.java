package studio.ozone.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.StringsCompleter;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;

@Service
@Command(scope = "ozone", name = "config", description = "Shows and changes the configuration.\n"
        + "Examples: ozone-core config --show pipeline   ozone-core config --set pipeline.built_in.ingest_enabled=false")
public final class ConfigCommand extends OzoneCommand {

    private static final String SETTINGS = "config";

    /** Every known key. */
    @Service
    public static final class Keys implements Completer {

        @Reference
        Settings settings;

        @Override
        public int complete(Session session, CommandLine line, List<String> candidates) {
            StringsCompleter keys = new StringsCompleter();
            try {
                settings.show("").forEach(setting -> keys.getStrings().add(setting.key()));
            } catch (SettingsException e) {
                return -1;     // nothing to complete with
            }
            return keys.complete(session, line, candidates);
        }
    }

    @Option(name = "--get", description = "Print the value of this key")
    @Completion(Keys.class)
    String get;

    @Option(name = "--set", description = "KEY=VALUE: set this key, at once and for good; several are set all or none", multiValued = true)
    List<String> set;

    @Option(name = "--show", description = "Print keys with value, default and who set them: all, or those that begin as the argument does")
    boolean show;

    @Argument(name = "KEY", description = "With --show, the beginning of the keys; with --set, further KEY=VALUE", multiValued = true)
    @Completion(Keys.class)
    List<String> arguments;

    @Override
    Object run() throws Exception {
        List<String> more = arguments == null ? List.of() : arguments;
        if ((get != null ? 1 : 0) + (set != null ? 1 : 0) + (show ? 1 : 0) != 1 || get != null && !more.isEmpty() || show && more.size() > 1) {
            throw new CommandException("One of --get KEY, --set KEY=VALUE…, --show [KEY]");
        }
        if (get != null) {
            get();
        } else if (set != null) {
            change(more);
        } else {
            show(more.isEmpty() ? "" : more.getFirst());
        }
        return null;
    }

    private void get() throws Exception {
        Settings.Setting setting = with(Settings.class, SETTINGS, settings -> settings.get(get));
        if (json) {
            print(setting);
        } else {
            out().println(setting.value() == null ? "" : Style.clean(setting.value().toString()));
        }
    }

    private void change(List<String> more) throws Exception {
        Map<String, String> values = new LinkedHashMap<>();
        for (List<String> some : List.of(set, more)) {
            for (String assignment : some) {
                int equals = assignment.indexOf('=');
                if (equals < 1) {
                    throw new CommandException("Not KEY=VALUE: " + Style.line(assignment));
                }
                values.put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1).strip());
            }
        }
        List<Settings.Change> changes = with(Settings.class, SETTINGS,
            settings -> settings.apply(Edit.Keys.set(values), origin()).changes());
        if (json) {
            print(changes);
        } else if (changes.isEmpty()) {
            out().println("Nothing to change: that is how it is");
        } else {
            changes.forEach(change -> out().printf("%s: %s → %s (%s)%n", change.key(), change.before(), change.after(), change.file()));
        }
    }

    private static Origin origin() {
        return new Origin("command", System.getProperty("user.name"));
    }

    private void show(String prefix) throws Exception {
        List<Settings.Setting> found = with(Settings.class, SETTINGS, settings -> settings.show(prefix));
        List<Settings.Problem> problems = with(Settings.class, SETTINGS, Settings::problems);
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("settings", found);
            all.put("problems", problems);
            print(all);
            return;
        }
        Table table = new Table("KEY", "VALUE", "DEFAULT", "SET BY", "");
        for (Settings.Setting setting : found) {
            String by = setting.setBy() + (setting.line() > 0 ? ":" + setting.line() : "");
            table.row(setting.key(), shown(setting.value()), shown(setting.defaultValue()), by,
                setting.readBy() == null ? "no installed capability reads it" : "");
        }
        print(table);
        problems.forEach(problem -> out().println(style().warn("Not in force: " + Style.line(problem.message()))));
    }

    private static String shown(Object value) {
        return value == null ? "-" : Style.line(value.toString());
    }
}
