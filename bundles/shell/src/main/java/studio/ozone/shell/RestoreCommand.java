package studio.ozone.shell;

import java.time.Duration;
import java.util.List;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.osgi.framework.ServiceReference;

import studio.ozone.api.care.Backups;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.ZseiException;

@Service
@Command(scope = "ozone", name = "restore", description = "Puts a backup in place of what ZSEI holds, at once and without a restart. What is there now is kept, and --undo puts it back.\n"
        + "Readers go on; who writes waits while the two are compared. The index follows by itself. Settings are not touched: the backup's lie in its settings.toml.\n"
        + "Examples: ozone-core restore NAME --dry-run   ozone-core restore NAME --yes   ozone-core restore --undo --yes")
public final class RestoreCommand extends OzoneCommand {

    private static final Duration MOST_WAITED = Duration.ofSeconds(10);

    @Argument(name = "NAME", description = "A backup that ozone-core backup list names, or the path of its folder", multiValued = true)
    List<String> names;

    @Option(name = "--from", description = "The same as NAME")
    String from;

    @Option(name = "--dry-run", description = "Only say what would change")
    boolean dryRun;

    @Option(name = "--yes", description = "Do it")
    boolean yes;

    @Option(name = "--undo", description = "Put back what was there before the last restore")
    boolean undo;

    @Option(name = "--forget", description = "Delete what --undo would put back")
    boolean forget;

    @Override
    Object run() throws Exception {
        int wanted = (names == null ? 0 : 1) + (from == null ? 0 : 1) + (undo ? 1 : 0) + (forget ? 1 : 0);
        if (wanted != 1) {
            throw new CommandException(wanted == 0 ? "restore takes the NAME of a backup (ozone-core backup list), --undo or --forget"
                    : "NAME, --from, --undo and --forget exclude each other");
        }
        if (dryRun && yes || dryRun && forget) {
            throw new CommandException("--dry-run does not go with " + (yes ? "--yes" : "--forget"));
        }
        if (!dryRun && !yes) {
            throw new CommandException(forget ? "This deletes for good what --undo would put back. Add --yes to do it"
                    : "This replaces everything that ZSEI holds now. Add --dry-run to see what would change, or --yes to do it; --undo takes it back");
        }
        if (forget) {
            with(Backups.class, BackupCommand.CAPABILITY, backups -> {
                backups.forget();
                return null;
            });
            return null;
        }
        String name = undo ? null : from != null ? from : one("NAME", names);
        Backups.Restored restored;
        try (Bar bar = bar()) {
            restored = with(Backups.class, BackupCommand.CAPABILITY, backups -> undo ? backups.undo(dryRun, bar)
                    : backups.restore(name.contains("/") ? path(name).toString() : name, dryRun, bar));
        }
        boolean level = dryRun || followed(restored.sequence());
        if (json) {
            print(restored);
        } else if (!quiet) {
            show(restored);
            if (!level) {
                out().println("The index is still being brought up to date; until it is, search may find less, or what is gone");
            }
        }
        return null;
    }

    /** Waits a moment for the index, so that who searches next finds what is there now. */
    private boolean followed(long sequence) throws InterruptedException {
        ServiceReference<Index> reference = context.getServiceReference(Index.class);
        Index index = reference == null ? null : context.getService(reference);
        if (index == null) {
            return true;
        }
        try {
            return index.await(sequence, MOST_WAITED);
        } catch (ZseiException e) {
            return false; // the store is what was asked for; the index says in health what it lacks
        } finally {
            context.ungetService(reference);
        }
    }

    private void show(Backups.Restored restored) {
        String what = restored.changed() + " containers " + (restored.dryRun() ? "would change or come back, " : "changed or came back, ") + restored.gone()
                + (restored.dryRun() ? " would go" : " are gone");
        if (restored.dryRun()) {
            out().println(what + "; then there would be " + restored.containers() + " containers and " + restored.relations() + " edges");
            out().println(style().dim("Nothing was changed: this was a dry run"));
        } else {
            out().println(style().good(undo ? "Undone" : "Restored") + " in " + Style.millis(restored.seconds() * 1000) + ": " + what + "; now there are "
                    + restored.containers() + " containers and " + restored.relations() + " edges");
            out().println(style().dim("ozone-core restore --undo --yes takes it back; until then, or the next restore, what was there takes room on the disk"));
        }
    }
}
