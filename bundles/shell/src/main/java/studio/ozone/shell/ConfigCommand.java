package studio.ozone.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
import org.osgi.framework.ServiceReference;

import studio.ozone.api.capability.Impact;
import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Recommendations;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;

@Service
@Command(scope = "ozone", name = "config", description = "Shows and changes the configuration.\n"
        + "Examples: ozone-core config --show pipeline   ozone-core config --set pipeline.built_in.ingest_enabled=false\n"
        + "          ozone-core config --load-profile minimal --dry-run   ozone-core config --undo")
public final class ConfigCommand extends OzoneCommand {

    /** Exit code of a configuration that cannot be taken (requirements, part D). */
    static final Integer INVALID = 3;
    private static final String SETTINGS = "config";
    private static final String ONE = "One of --show [KEY], --get KEY, --explain KEY, --set KEY=VALUE…, --unset KEY…, --list-profiles, "
        + "--diff PROFILE, --load-profile PROFILE, --merge-profile PROFILE, --history, --undo [N], --restore REVISION, --validate FILE, --export, --recommend";

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

    /** Every profile. */
    @Service
    public static final class Profiles implements Completer {

        @Reference
        Settings settings;

        @Override
        public int complete(Session session, CommandLine line, List<String> candidates) {
            StringsCompleter profiles = new StringsCompleter();
            settings.profiles().forEach(profile -> profiles.getStrings().add(profile.name()));
            return profiles.complete(session, line, candidates);
        }
    }

    @Option(name = "--get", description = "Print the value of this key")
    @Completion(Keys.class)
    String get;

    @Option(name = "--explain", description = "Print all that is known about this key")
    @Completion(Keys.class)
    String explain;

    @Option(name = "--set", description = "KEY=VALUE: set this key, at once and for good; several are set all or none", multiValued = true)
    List<String> set;

    @Option(name = "--unset", description = "Take the setting of this key away, so that what lies beneath it counts again", multiValued = true)
    List<String> unset;

    @Option(name = "--show", description = "Print keys with value, default and who set them: all, or those that begin as the argument does")
    boolean show;

    @Option(name = "--list-profiles", description = "Print the profiles there are")
    boolean listProfiles;

    @Option(name = "--diff", description = "Print how the values in force differ from this profile's")
    @Completion(Profiles.class)
    String diff;

    @Option(name = "--load-profile", description = "Make ozone.toml the defaults and this profile; ports, data paths and secrets stay")
    @Completion(Profiles.class)
    String load;

    @Option(name = "--merge-profile", description = "Set the keys of this profile in ozone.toml and leave the rest of it alone")
    @Completion(Profiles.class)
    String merge;

    @Option(name = "--history", description = "Print what was changed when, by whom and how")
    boolean history;

    @Option(name = "--undo", description = "Make the files what they were before the last change, or before the last N")
    boolean undo;

    @Option(name = "--restore", description = "Make the files what they were after this revision of the history")
    Integer restore;

    @Option(name = "--validate", description = "Hold this file against what is known; with --strict, unknown keys are errors")
    String validate;

    @Option(name = "--export", description = "Print all that is set as one TOML text")
    boolean export;

    @Option(name = "--recommend", description = "Look at this machine, and print the profile and the values that fit it")
    boolean recommend;

    @Option(name = "--dry-run", description = "Only say what a change would do")
    boolean dryRun;

    @Option(name = "--strict", description = "With --validate: warnings count as errors")
    boolean strict;

    @Argument(name = "KEY", description = "With --show, the beginning of the keys; with --set and --unset, further ones; with --undo, N",
        multiValued = true)
    @Completion(Keys.class)
    List<String> arguments;

    private ConfigReport report;

    @Override
    Object run() throws Exception {
        report = new ConfigReport(out(), style(), !quiet);
        List<String> more = arguments == null ? List.of() : arguments;
        long asked = Stream.of(get, explain, diff, load, merge, restore, validate).filter(option -> option != null).count()
            + Stream.of(set != null || unset != null, show, listProfiles, history, undo, export, recommend).filter(option -> option).count();
        int most = set != null || unset != null ? Integer.MAX_VALUE : show || undo ? 1 : 0;
        Edit edit = asked == 1 && more.size() <= most ? edit(more) : null;
        if (asked != 1 || more.size() > most || dryRun && edit == null || strict && validate == null) {
            throw new CommandException(ONE + (dryRun && edit == null ? "; --dry-run goes with those that change something" : ""));
        }
        if (edit != null) {
            change(edit);
            return null;
        }
        return tell(more.isEmpty() ? "" : more.getFirst());
    }

    private Object tell(String prefix) throws Exception {
        if (get != null) {
            answer(settings(settings -> settings.get(get)), report::value);
        } else if (explain != null) {
            answer(settings(settings -> settings.explain(explain)), report::explanation);
        } else if (listProfiles) {
            answer(settings(Settings::profiles), report::profiles);
        } else if (diff != null) {
            answer(settings(settings -> settings.diff(diff)), changes -> report.difference(diff, changes));
        } else if (history) {
            answer(settings(Settings::history), report::history);
        } else if (export) {
            String toml = settings(Settings::export);
            answer(Map.of("toml", toml), nothing -> out().print(toml));
        } else if (recommend) {
            answer(with(Recommendations.class, SETTINGS, Recommendations::recommend), report::recommendation);
        } else if (validate != null) {
            return validate(path(validate));
        } else {
            show(prefix);
        }
        return null;
    }

    /** What is to be changed; null where nothing is. */
    private Edit edit(List<String> more) throws CommandException {
        if (set != null || unset != null) {
            return keys(more);
        }
        if (undo) {
            return new Edit.Undo(more.isEmpty() ? 1 : number(more.getFirst()));
        }
        return load != null ? new Edit.Load(load) : merge != null ? new Edit.Merge(merge) : restore != null ? new Edit.Restore(restore) : null;
    }

    private Edit keys(List<String> more) throws CommandException {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> taken = new ArrayList<>(unset == null ? List.of() : unset);
        List<String> assignments = new ArrayList<>(set == null ? List.of() : set);
        more.forEach(each -> (set == null || unset != null && !each.contains("=") ? taken : assignments).add(each));
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new CommandException("Not KEY=VALUE: " + Style.line(assignment));
            }
            values.put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1).strip());
        }
        return new Edit.Keys(values, taken);
    }

    private static int number(String text) throws CommandException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new CommandException("Not a number of steps: " + Style.line(text));
        }
    }

    private void change(Edit edit) throws Exception {
        if (!dryRun) {
            answer(settings(settings -> settings.apply(edit, origin())), report::plan);
            return;
        }
        Settings.Plan plan = settings(settings -> settings.plan(edit));
        List<Impact.Effect> effects = effects(edit, plan);
        Map<String, Object> both = new LinkedHashMap<>();
        both.put("plan", plan);
        both.put("effects", effects);
        answer(both, nothing -> report.dryRun(plan, effects));
    }

    /** What runs and is touched; null where nobody knows. */
    private List<Impact.Effect> effects(Edit edit, Settings.Plan plan) throws Exception {
        ServiceReference<Impact> reference = context.getServiceReference(Impact.class);
        Impact impact = reference == null ? null : context.getService(reference);
        if (impact == null) {
            return null;
        }
        try {
            return settings(settings -> impact.of(settings, edit, plan));
        } finally {
            context.ungetService(reference);
        }
    }

    private Object validate(Path file) throws Exception {
        List<Settings.Problem> problems = settings(settings -> settings.validate(file.toString()));
        answer(problems, all -> report.problems(file, all));
        return problems.stream().anyMatch(problem -> problem.error() || strict) ? INVALID : null;
    }

    private void show(String prefix) throws Exception {
        List<Settings.Setting> found = settings(settings -> settings.show(prefix));
        List<Settings.Problem> problems = settings(Settings::problems);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("settings", found);
        all.put("problems", problems);
        answer(all, nothing -> report.settings(found, problems));
    }

    private <T> T settings(Call<Settings, T> call) throws Exception {
        return with(Settings.class, SETTINGS, call);
    }

    private <T> void answer(T value, Consumer<T> forPeople) {
        if (json) {
            print(value);
        } else {
            forPeople.accept(value);
        }
    }

    /** A command that came over the socket is the instance owner's; one that was typed in a shell is of who has logged in there. */
    private Origin origin() {
        boolean typed = session.get(CWD) == null && session.get("USER") != null;
        return typed ? new Origin("shell", session.get("USER").toString()) : new Origin("command", System.getProperty("user.name"));
    }
}
