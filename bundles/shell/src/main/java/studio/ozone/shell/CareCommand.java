package studio.ozone.shell;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.CommandException;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.care.Housekeeping;

/** What {@code gc} and {@code zsei-optimize} have in common: run now, or keep, list and drop schedules. */
abstract class CareCommand extends OzoneCommand {

    private static final String NAME = "runtime.housekeeping";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    @Option(name = "--schedule", description = "Run by the clock instead: five fields, minute, hour, day of the month, month, day of the week, "
            + "for instance \"0 3 * * *\". Nothing runs now")
    String schedule;

    @Option(name = "--list", description = "List the schedules")
    boolean list;

    @Option(name = "--unschedule", description = "Drop a schedule, by its ID in --list")
    String unschedule;

    @Option(name = "--dry-run", description = "Only say what would be done")
    boolean dryRun;

    abstract Chore.Kind kind();

    @Override
    Object run() throws Exception {
        int wanted = (schedule == null ? 0 : 1) + (list ? 1 : 0) + (unschedule == null ? 0 : 1);
        if (wanted > 1 || wanted == 1 && dryRun) {
            throw new CommandException("--schedule, --list, --unschedule and --dry-run exclude each other");
        }
        return schedule != null ? schedule() : list ? list() : unschedule != null ? unschedule() : clean();
    }

    private Object schedule() throws Exception {
        try {
            Housekeeping.Schedule kept = with(Housekeeping.class, NAME, housekeeping -> housekeeping.schedule(kind(), schedule));
            if (json) {
                print(kept);
            } else {
                out().println(kept.id() + ": " + next(kept) + (quiet ? "" : ". ozone-core " + command(kept) + " --unschedule " + kept.id() + " drops it"));
            }
            return null;
        } catch (CareException e) {
            throw new CommandException(e.getMessage());
        }
    }

    static String next(Housekeeping.Schedule schedule) {
        return schedule.next() == null ? "these fields never meet, so it never runs"
                : "next " + TIME.format(schedule.next().atZone(ZoneId.of(schedule.zone()))) + " " + schedule.zone();
    }

    private static String command(Housekeeping.Schedule schedule) {
        return switch (schedule.kind()) {
            case GC, GC_AGGRESSIVE -> "gc";
            case OPTIMIZE -> "zsei-optimize";
            case BACKUP -> "backup";
        };
    }

    private Object list() throws Exception {
        List<Housekeeping.Schedule> all = with(Housekeeping.class, NAME, Housekeeping::schedules);
        if (json) {
            print(all);
            return null;
        }
        if (all.isEmpty()) {
            if (!quiet) {
                out().println("Nothing runs by the clock. For instance: ozone-core gc --schedule \"0 3 * * *\"");
            }
            return null;
        }
        Table table = new Table("ID", "RUNS", "AT", "NEXT", "LAST", "RESULT");
        for (Housekeeping.Schedule one : all) {
            ZoneId zone = ZoneId.of(one.zone());
            table.row(one.id(), command(one) + (one.kind() == Chore.Kind.GC_AGGRESSIVE ? " --aggressive" : ""), one.cron(),
                    one.next() == null ? "never" : TIME.format(one.next().atZone(zone)), one.last() == null ? "-" : TIME.format(one.last().atZone(zone)),
                    one.result() == null ? "" : Style.line(one.result()));
        }
        print(table);
        return null;
    }

    private Object unschedule() throws Exception {
        Housekeeping.Schedule dropped = with(Housekeeping.class, NAME, housekeeping -> housekeeping.unschedule(unschedule));
        if (json) {
            print(dropped);
        } else if (!quiet) {
            out().println(dropped.id() + " (" + dropped.cron() + ") is dropped");
        }
        return null;
    }

    private Object clean() throws Exception {
        Housekeeping.Run run;
        try (Bar bar = bar()) {
            run = with(Housekeeping.class, NAME, housekeeping -> housekeeping.run(kind(), dryRun, step -> {
                if (!json) {
                    bar.wipe();
                    show(step);
                }
            }, bar));
        }
        if (json) {
            print(run);
        } else if (run.steps().isEmpty() && !quiet) {
            out().println("There was nothing to do: no running capability offers a step");
        } else if (dryRun && !quiet) {
            out().println(style().dim("Nothing was changed: this was a dry run"));
        }
        return run.failed() ? FAILED : null;
    }

    private void show(Housekeeping.Step step) {
        Style style = style();
        String took = style.dim(" (" + Style.millis(step.seconds() * 1000) + ")");
        if (step.problem() != null) {
            out().println(style.bad("failed  ") + style.bold(Style.line(step.name())) + "  " + Style.line(step.problem()) + took);
        } else if (!quiet) {
            String figures = String.join(", ", step.figures().stream().map(CareCommand::figure).toList());
            out().println(style.bold(Style.line(step.name())) + "  " + (figures.isEmpty() ? "nothing to do" : figures) + took);
        }
        out().flush();
    }

    static String figure(Chore.Figure figure) {
        return Style.line(figure.name()) + " " + value(figure.before(), figure.unit()) + " → " + value(figure.after(), figure.unit());
    }

    private static String value(double value, String unit) {
        if (Double.isNaN(value)) {
            return "not measured";
        }
        Map<String, String> known = Map.of("bytes", Style.bytes(value), "ms", Style.millis(value));
        String number = value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.3f", value);
        return known.getOrDefault(unit, unit.isEmpty() ? number : number + " " + Style.line(unit));
    }
}
