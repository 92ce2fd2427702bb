package studio.ozone.shell;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

import studio.ozone.api.capability.Impact;
import studio.ozone.api.config.Recommendations;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.Settings.Applies;

/** What {@code config} prints for people. */
final class ConfigReport {

    private static final String UNREAD = "no installed capability reads it";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int CHANGES_IN_HISTORY = 3;

    private final PrintStream out;
    private final Style style;
    private final boolean headed;

    /** @param headed whether tables have a head, and a change that was made is told */
    ConfigReport(PrintStream out, Style style, boolean headed) {
        this.out = out;
        this.style = style;
        this.headed = headed;
    }

    void value(Settings.Setting setting) {
        out.println(setting.value() == null ? "" : Style.clean(setting.value().toString()));
    }

    void settings(List<Settings.Setting> settings, List<Settings.Problem> problems) {
        Table table = new Table("KEY", "VALUE", "DEFAULT", "SET BY", "");
        for (Settings.Setting setting : settings) {
            table.row(setting.key(), shown(setting.value()), shown(setting.defaultValue()), setBy(setting), note(setting));
        }
        table.print(out, style, headed);
        problems.forEach(this::problem);
    }

    private static String setBy(Settings.Setting setting) {
        return setting.setBy() + (setting.line() > 0 ? ":" + setting.line() : "");
    }

    private static String note(Settings.Setting setting) {
        return setting.readBy() == null ? UNREAD : setting.pending() != null ? "in force after " + setting.pending() : "";
    }

    void explanation(Settings.Explanation explanation) {
        Settings.Setting setting = explanation.setting();
        out.println(style.bold(setting.key()));
        out.println("  " + Style.line(setting.description()));
        line("value", shown(setting.value()) + (setting.unit().isEmpty() ? "" : " " + setting.unit()) + ", set by " + setBy(setting)
            + (setting.file() == null ? "" : " (" + Style.line(setting.file()) + ")"));
        line("default", shown(setting.defaultValue()));
        line("type", setting.type() + (setting.range().isEmpty() ? "" : ", " + setting.range())
            + (setting.unit().isEmpty() ? "" : ", in " + setting.unit()));
        line("a change is", when(setting.applies(), setting.readBy())
            + (setting.pending() == null ? "" : "; the present value waits for a " + setting.pending()));
        line("read by", setting.readBy() == null ? UNREAD : setting.readBy());
        explanation.profiles().forEach((profile, value) -> line("in " + profile, shown(value)));
        if (!explanation.aliases().isEmpty()) {
            line("old names", String.join(", ", explanation.aliases()));
        }
        if (!explanation.advice().isEmpty()) {
            line("advice", Style.line(explanation.advice()));
        }
    }

    private void line(String name, String text) {
        out.printf("  %-20s %s%n", name, text);
    }

    void recommendation(Recommendations.Recommendation found) {
        Table machine = new Table("MACHINE", "", "FROM");
        found.machine().forEach(figure -> machine.row(figure.name(), Style.line(figure.value()), Style.line(figure.source())));
        machine.print(out, style, headed);
        out.println();
        out.println("Tier " + style.bold(found.tier()) + ", profile " + style.bold(found.profile()) + ". " + Style.line(found.why()));
        out.println("ozone-core config --load-profile " + found.profile() + " takes it; --dry-run beside it says what that changes.");
        out.println();
        Table table = new Table("KEY", "ADVICE", "IN FORCE", "IN " + found.profile().toUpperCase(Locale.ROOT), "WHY");
        found.advice().forEach(advice -> table.row(advice.key(), advice.value() == null ? Recommendations.UNKNOWN : shown(advice.value()),
            advice.now() == null ? "" : shown(advice.now()), advice.profile() == null ? "" : shown(advice.profile()), Style.line(advice.why())));
        table.print(out, style, headed);
        found.notes().forEach(note -> out.println(Style.line(note)));
    }

    void profiles(List<Settings.Profile> profiles) {
        Table table = new Table("PROFILE", "KEYS", "DESCRIPTION", "FILE").right(1);
        profiles.forEach(profile -> table.row(profile.name(), profile.keys(), Style.line(profile.description()),
            profile.file() == null ? "" : Style.line(profile.file())));
        table.print(out, style, headed);
    }

    void difference(String profile, List<Settings.Change> changes) {
        if (changes.isEmpty()) {
            out.println("Every key of " + Style.line(profile) + " has its value already");
            return;
        }
        Table table = new Table("KEY", "NOW", Style.line(profile).toUpperCase(Locale.ROOT), "SET BY", "");
        changes.forEach(change -> table.row(change.key(), shown(change.before()), shown(change.after()), change.setBy(),
            change.shadowedBy() == null ? "" : Style.line(change.shadowedBy()) + " is stronger than a profile"));
        table.print(out, style, headed);
    }

    /** @param effects what would be touched; null where nobody knows */
    void dryRun(Settings.Plan plan, List<Impact.Effect> effects) {
        plan(plan);
        effects(effects);
    }

    void plan(Settings.Plan plan) {
        boolean done = plan.revision() > 0;
        if (done && !headed) {
            plan.warnings().forEach(warning -> out.println(style.warn(Style.line(warning))));
            return;
        }
        if (!plan.changes().isEmpty()) {
            Table table = new Table("KEY", "OLD", "NEW", "SET BY", done ? "APPLIED" : "WOULD APPLY");
            plan.changes().forEach(change -> table.row(change.key(), shown(change.before()), shown(change.after()), change.setBy(),
                change.shadowedBy() != null ? "not: " + Style.line(change.shadowedBy()) + " is stronger" : when(change.applies(), change.readBy())));
            table.print(out, style, headed);
        } else if (done) {
            out.println("The files are as asked; no value is another one");
        } else {
            out.println("Nothing to change: that is how it is");
        }
        if (!plan.same().isEmpty() && !plan.changes().isEmpty()) {
            out.println(style.dim("As they were: " + String.join(", ", plan.same())));
        }
        plan.warnings().forEach(warning -> out.println(style.warn(Style.line(warning))));
        later(plan);
        if (plan.backup() != null) {
            out.println("Revision " + plan.revision() + "; to take it back: ./ozone-core config --undo. The files from before: "
                + Style.line(plan.backup()));
        }
    }

    private void later(Settings.Plan plan) {
        long restart = plan.changes().stream().filter(change -> change.applies() == Applies.RESTART && change.readBy() != null).count();
        long rebuild = plan.changes().stream().filter(change -> change.applies() == Applies.REBUILD && change.readBy() != null).count();
        if (restart > 0) {
            out.println(restart + (restart == 1 ? " setting takes" : " settings take") + " full effect after restart");
        }
        if (rebuild > 0) {
            out.println(rebuild + (rebuild == 1 ? " setting takes" : " settings take") + " full effect after the index is rebuilt");
        }
    }

    private void effects(List<Impact.Effect> effects) {
        if (effects == null) {
            out.println(style.dim("What it would do to what runs is not known: nothing here can say it"));
        } else if (effects.isEmpty()) {
            out.println("Everything that runs would go on as it is");
        } else {
            out.println();
            Table table = new Table("WOULD", "CAPABILITY", "BECAUSE OF", "USED BY", "WORKING ON", "LAST TIME").right(4, 5);
            effects.forEach(effect -> table.row(switch (effect.action()) {
                case STARTS -> "start";
                case STOPS -> "stop";
                case REACTIVATES -> "re-activate";
                case MODIFIES -> "change while it works";
            }, effect.name(), effect.keys().isEmpty() ? "another's change" : String.join(", ", effect.keys()),
                effect.usedBy().isEmpty() ? "-" : String.join(", ", effect.usedBy()), effect.working(),
                effect.lastMs() == null ? "not seen" : Style.millis(effect.lastMs())));
            table.print(out, style, headed);
            out.println(style.dim("Everything else would go on as it is"));
        }
    }

    void history(List<Settings.Revision> revisions) {
        Table table = new Table("REVISION", "WHEN", "WAY", "USER", "WHAT", "CHANGES").right(0);
        for (Settings.Revision revision : revisions) {
            List<String> changes = revision.changes().stream().limit(CHANGES_IN_HISTORY)
                .map(change -> change.key() + " " + shown(change.before()) + " → " + shown(change.after())).toList();
            int rest = revision.changes().size() - changes.size();
            table.row(revision.revision(), TIME.format(revision.at()), revision.origin().way(), Style.line(revision.origin().user()),
                cut(Style.line(revision.summary())), String.join(", ", changes) + (rest > 0 ? ", and " + rest + " more" : ""));
        }
        table.print(out, style, headed);
    }

    private static String cut(String text) {
        return text.length() <= 60 ? text : text.substring(0, 59) + "…";
    }

    void problems(Path file, List<Settings.Problem> problems) {
        if (problems.isEmpty()) {
            out.println(file + " can be taken as it is");
        }
        problems.forEach(this::problem);
    }

    private void problem(Settings.Problem problem) {
        String text = Style.line(problem.message());
        out.println(problem.error() ? style.bad("Not in force: " + text) : style.warn("Note: " + text));
    }

    private static String when(Applies applies, String readBy) {
        return readBy == null ? UNREAD : switch (applies) {
            case LIVE -> "now";
            case RESTART -> "after restart";
            case REBUILD -> "after rebuild";
        };
    }

    private static String shown(Object value) {
        return value == null ? "-" : Style.line(value.toString());
    }
}
