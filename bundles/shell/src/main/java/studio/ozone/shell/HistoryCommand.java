package studio.ozone.shell;

import java.util.ArrayList;
import java.util.List;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore.Version;
import studio.ozone.api.zsei.Relation;

@Service
@Command(scope = "ozone", name = "history", description = "Shows the versions of a container that are kept, the newest first, and what each changed.\n"
        + "zsei.integrity.max_versions_retained says how many are kept; ozone-core rollback goes back to one.\n"
        + "Examples: ozone-core history 17   ozone-core history ~/notes/plan.md")
public final class HistoryCommand extends VersionCommand {

    /** What {@code --json} prints. */
    record Shown(long id, List<Entry> versions) { }

    /**
     * A version.
     *
     * @param changes what it changed of the one before; null where that is not kept
     */
    record Entry(int version, boolean present, Container container, List<Relation> relations, boolean relationsKept, List<VersionChanges.Change> changes) { }

    @Override
    Object run() throws Exception {
        long id = container();
        List<Version> history = history(id);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < history.size(); i++) {
            Version version = history.get(i);
            entries.add(new Entry(version.container().version(), i == 0, version.container(), version.relations(), version.relationsKept(),
                    i + 1 == history.size() ? null : VersionChanges.between(history.get(i + 1), version)));
        }
        if (json) {
            print(new Shown(id, entries));
            return null;
        }
        Style style = style();
        if (!quiet) {
            out().println(title(history.getFirst().container()));
        }
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            out().println(style.bold("version " + entry.version()) + "  " + written(history.get(i)) + (entry.present() ? style.dim("  present") : "")
                    + (entry.relationsKept() ? "" : style.dim("  without its edges, which were too many")));
            for (String line : entry.changes() == null ? List.<String>of() : VersionChanges.lines(entry.changes(), style)) {
                out().println("    " + line);
            }
        }
        if (!quiet && entries.size() == 1) {
            out().println("No earlier version is kept" + (entries.getFirst().version() == 1 ? ": it was written once" : ""));
        }
        return null;
    }
}
