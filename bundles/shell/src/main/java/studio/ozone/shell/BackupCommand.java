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

@Service
@Command(scope = "ozone", name = "backup", description = "Takes a backup of what ZSEI keeps, while it runs and is written to; lists, verifies and removes backups.\n"
        + "In it are containers, edges, vectors, versions, conversations, and the settings without secrets. Not in it are the files that were read, models, keys, and the index, "
        + "which is built again.\n"
        + "verify reads every file, restores into a place aside and compares; exit code 1 if something is wrong.\n"
        + "Examples: ozone-core backup   ozone-core backup --to /mnt/disk   ozone-core backup list   ozone-core backup verify NAME")
public final class BackupCommand extends OzoneCommand {

    static final String CAPABILITY = "zsei.backup";
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    @Argument(name = "create|list|verify NAME|remove NAME", description = "What to do; create where nothing is said", multiValued = true)
    @Completion(Verbs.class)
    List<String> words;

    @Option(name = "--to", description = "The folder that the backup gets its own folder in; with list, the one that is looked into. Else backups in the data home")
    @Completion(FileCompleter.class)
    String to;

    @Option(name = "--list", description = "The same as list")
    boolean list;

    /** What can be done, for completion. */
    @Service
    public static final class Verbs extends StringsCompleter {
        public Verbs() {
            super(List.of("create", "list", "verify", "remove"));
        }
    }

    @Override
    Object run() throws Exception {
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
        Optional<Backups.Before> before = with(Backups.class, CAPABILITY, Backups::before);
        if (before.isPresent() && !quiet) {
            out().println(style().dim("What was there before the restore of " + TIME.format(before.get().replaced()) + " is kept (" + Style.bytes(before.get().bytes())
                    + "): ozone-core restore --undo puts it back, restore --forget deletes it"));
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
