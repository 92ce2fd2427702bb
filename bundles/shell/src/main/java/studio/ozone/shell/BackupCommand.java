package studio.ozone.shell;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

import studio.ozone.api.care.Backups;
import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.care.Housekeeping;

@Service
@Command(scope = "ozone", name = "backup", description = "Takes a backup of what ZSEI keeps, while it runs and is written to; lists, verifies and removes backups.\n"
        + "In it are containers, edges, vectors, versions, conversations, and the settings without secrets. Not in it are the files that were read, models, keys, and the index, "
        + "which is built again.\n"
        + "verify reads every file, restores into a place aside and compares; exit code 1 if something is wrong.\n"
        + "Examples: ozone-core backup   ozone-core backup --to /mnt/disk   ozone-core backup verify NAME   ozone-core backup --schedule \"0 3 * * *\"")
public final class BackupCommand extends OzoneCommand {

    static final String CAPABILITY = "zsei.backup";
    private static final String CLOCK = "runtime.housekeeping";
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    @Argument(name = "create|list|verify NAME|remove NAME", description = "What to do; create where nothing is said", multiValued = true)
    @Completion(Verbs.class)
    List<String> words;

    @Option(name = "--to", description = "The folder that the backup gets its own folder in; with list, the one that is looked into. Else backups in the data home")
    @Completion(FileCompleter.class)
    String to;

    @Option(name = "--list", description = "The same as list")
    boolean list;

    @Option(name = "--schedule", description = "Take one by the clock instead, into backups in the data home: five fields, minute, hour, day of the month, month, day of the week. "
            + "zsei.backup.keep of them are kept")
    String schedule;

    @Option(name = "--unschedule", description = "Take none by the clock any more, by the ID in list")
    String unschedule;

    /** What can be done, for completion. */
    @Service
    public static final class Verbs extends StringsCompleter {
        public Verbs() {
            super(List.of("create", "list", "verify", "remove"));
        }
    }

    @Override
    Object run() throws Exception {
        if (schedule != null || unschedule != null) {
            if (words != null || to != null || list || schedule != null && unschedule != null) {
                throw new CommandException("--schedule and --unschedule stand alone");
            }
            return byTheClock();
        }
        String verb = words == null ? list ? "list" : "create" : words.getFirst();
        List<String> rest = words == null ? List.of() : words.subList(1, words.size());
        if (list && !verb.equals("list")) {
            throw new CommandException("--list and " + Style.line(verb) + " exclude each other");
        }
        if (to != null && !verb.equals("create") && !verb.equals("list")) {
            throw new CommandException("--to goes with create and list; a backup elsewhere is named by the path of its folder");
        }
        return switch (verb) {
            case "create" -> create(none(verb, rest));
            case "list" -> list(none(verb, rest));
            case "verify" -> verify(name(one("NAME", rest.isEmpty() ? null : rest)));
            case "remove" -> remove(name(one("NAME", rest.isEmpty() ? null : rest)));
            default -> throw new CommandException("backup takes create, list, verify NAME or remove NAME, not '" + Style.line(verb) + "'");
        };
    }

    private static Void none(String verb, List<String> rest) throws CommandException {
        if (!rest.isEmpty()) {
            throw new CommandException(verb + " takes no name: '" + Style.line(rest.getFirst()) + "'");
        }
        return null;
    }

    /** A backup's name, or where it is a path, that of its folder. */
    private String name(String text) throws CommandException {
        return text.contains("/") ? path(text).toString() : text;
    }

    private Object create(Void none) throws Exception {
        Backups.Backup backup;
        try (Bar bar = bar()) {
            backup = with(Backups.class, CAPABILITY, backups -> backups.create(to == null ? null : path(to), bar));
        }
        if (json) {
            print(backup);
        } else {
            out().println(Style.line(to == null ? backup.name() : backup.folder().toString()));
            if (!quiet) {
                out().println(backup.containers() + " containers, " + backup.relations() + " edges, " + backup.embeddings() + " vectors, "
                        + Style.bytes(backup.bytes()) + " in " + Style.line(backup.folder().toString()));
            }
        }
        return null;
    }

    private Object list(Void none) throws Exception {
        List<Backups.Backup> all = with(Backups.class, CAPABILITY, backups -> backups.list(to == null ? null : path(to)));
        if (json) {
            print(all);
            return null;
        }
        if (all.isEmpty() && !quiet) {
            out().println("There are no backups. ozone-core backup takes one.");
        }
        if (!all.isEmpty()) {
            Table table = new Table("NAME", "TAKEN", "CONTAINERS", "EDGES", "VECTORS", "SIZE", "").right(2, 3, 4, 5);
            for (Backups.Backup one : all) {
                if (one.problem() != null) {
                    table.row(Style.line(one.name()), "-", "-", "-", "-", "-", style().bad(Style.line(one.problem())));
                } else {
                    table.row(Style.line(one.name()), TIME.format(one.created()), one.containers(), one.relations(), one.embeddings(), Style.bytes(one.bytes()),
                            one.scheduled() ? "by the clock" : "");
                }
            }
            print(table);
        }
        if (!quiet) {
            for (Housekeeping.Schedule one : with(Housekeeping.class, CLOCK, Housekeeping::schedules)) {
                if (one.kind() == Chore.Kind.BACKUP) {
                    out().println("by the clock: " + one.id() + "  " + one.cron() + "  " + CareCommand.next(one) + (one.result() == null ? "" : "; last time: " + Style.line(one.result())));
                }
            }
        }
        Optional<Backups.Before> before = with(Backups.class, CAPABILITY, Backups::before);
        if (before.isPresent() && !quiet) {
            out().println(style().dim("What was there before the restore of " + TIME.format(before.get().replaced()) + " is kept (" + Style.bytes(before.get().bytes())
                    + "): ozone-core restore --undo puts it back, restore --forget deletes it"));
        }
        return null;
    }

    private Object byTheClock() throws Exception {
        Housekeeping.Schedule one;
        try {
            one = with(Housekeeping.class, CLOCK, clock -> {
                if (schedule != null) {
                    return clock.schedule(Chore.Kind.BACKUP, schedule);
                }
                if (clock.schedules().stream().noneMatch(each -> each.id().equals(unschedule) && each.kind() == Chore.Kind.BACKUP)) {
                    throw new CareException("There is no backup by the clock with the ID '" + unschedule + "': ozone-core backup list names them");
                }
                return clock.unschedule(unschedule);
            });
        } catch (CareException e) {
            throw new CommandException(Style.line(e.getMessage()));
        }
        if (json) {
            print(one);
        } else if (!quiet) {
            out().println(schedule != null ? one.id() + ": " + CareCommand.next(one) + ". ozone-core backup --unschedule " + one.id() + " drops it"
                    : one.id() + " (" + one.cron() + ") is dropped");
        }
        return null;
    }

    private Object verify(String name) throws Exception {
        Backups.Verified verified;
        try (Bar bar = bar()) {
            verified = with(Backups.class, CAPABILITY, backups -> backups.verify(name, bar));
        }
        if (json) {
            print(verified);
        } else if (verified.wrong().isEmpty()) {
            if (!quiet) {
                out().println(style().good("The backup is whole") + ": " + verified.files() + " files read, restored aside, and " + verified.backup().containers()
                        + " containers, " + verified.backup().relations() + " edges and " + verified.backup().embeddings() + " vectors compared ("
                        + Style.millis(verified.seconds() * 1000) + ")");
            }
        } else {
            out().println(style().bad("The backup " + Style.line(verified.backup().name()) + " is damaged:"));
            verified.wrong().forEach(one -> out().println("  " + Style.line(one)));
        }
        return verified.wrong().isEmpty() ? null : FAILED;
    }

    private Object remove(String name) throws Exception {
        Backups.Backup removed = with(Backups.class, CAPABILITY, backups -> backups.remove(name));
        if (json) {
            print(removed);
        } else if (!quiet) {
            out().println(Style.line(removed.name()) + " is removed");
        }
        return null;
    }
}
