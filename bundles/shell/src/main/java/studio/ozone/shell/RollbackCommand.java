package studio.ozone.shell;

import java.util.List;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerStore.Rollback;
import studio.ozone.api.zsei.ContainerStore.Version;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.ZseiException;

@Service
@Command(scope = "ozone", name = "rollback", description = "Takes a container back to what an earlier version said: its description, its parent, its edges; by default the version before.\n"
        + "It is a write of its own, so that a second rollback undoes it. What lies below it, and the file that it describes, stay as they are.\n"
        + "Examples: ozone-core rollback 17 --dry-run   ozone-core rollback 17 --to 3")
public final class RollbackCommand extends VersionCommand {

    /**
     * What {@code --json} prints.
     *
     * @param from the version before
     * @param to the version that it goes back to
     * @param version the number of the version that this wrote, or would write
     * @param lost edges that do not come back, since what they led to is gone
     * @param sequence the commit; null for a dry run
     */
    record Shown(long id, int from, int to, int version, boolean dryRun, List<VersionChanges.Change> changes, List<Relation> lost, Container container,
            Long sequence) { }

    @Option(name = "--to", description = "The version, as history numbers them")
    String to;

    @Option(name = "--dry-run", description = "Only say what would change")
    boolean dryRun;

    @Override
    Object run() throws Exception {
        if (to != null && !to.matches("\\d{1,9}")) {
            throw new CommandException("--to takes the number of a version, not '" + Style.line(to) + "'");
        }
        long id = container();
        int version = to == null ? before(id) : Integer.parseInt(to);
        Rollback rollback = with(ContainerStore.class, NAME, store -> store.rollback(id, version, dryRun));
        Container now = rollback.after().container();
        List<VersionChanges.Change> changes = VersionChanges.between(rollback.before(), rollback.after());
        int from = rollback.before().container().version();
        if (json) {
            print(new Shown(id, from, version, now.version(), dryRun, changes, rollback.lost(), now, dryRun ? null : rollback.commit().sequence()));
            return null;
        }
        Style style = style();
        out().println(title(now) + (dryRun ? " would say again what version " : " says again what version ") + version + " said, as version " + now.version());
        VersionChanges.lines(changes, style).forEach(line -> out().println("    " + line));
        if (changes.isEmpty() && !quiet) {
            out().println("    nothing is different between version " + version + " and version " + from);
        }
        rollback.lost().forEach(edge -> out().println("    " + style.warn("! ") + VersionChanges.name(edge) + "  does not come back: container " + edge.to() + " is gone"));
        if (!quiet) {
            out().println(dryRun ? style.dim("Nothing was changed: this was a dry run") : style.dim("ozone-core rollback " + id + " --to " + from + " undoes it"));
        }
        return null;
    }

    private int before(long id) throws Exception {
        List<Version> history = history(id);
        if (history.size() < 2) {
            throw new ZseiException(ZseiException.Code.NOT_FOUND, "No version of container " + id + " before the present one is kept"
                    + " (zsei.integrity.max_versions_retained says how many are)");
        }
        return history.get(1).container().version();
    }
}
