package studio.ozone.shell;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;

import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.care.Integrity;

@Service
@Command(scope = "ozone", name = "integrity", description = "Shows what the last check of ZSEI found, or checks now: records and their hashes, parents and children, edges and their "
        + "inverse, the index, the graph, and the files that were read. Exit code 1 if something is wrong.\n"
        + "Examples: ozone-core integrity --full   ozone-core integrity --repair-all")
public final class IntegrityCommand extends OzoneCommand {

    private static final String NAME = "zsei.integrity";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());
    private static final int MOST_SHOWN = 50;

    /**
     * What {@code --json} prints.
     *
     * @param scan null where there was none yet
     */
    record Shown(Integrity.Scan scan, Instant next) { }

    @Option(name = "--full", description = "Check everything now")
    boolean full;

    @Option(name = "--repair", description = "Check now, and mend what can be derived of this container, by its number")
    String repair;

    @Option(name = "--repair-all", description = "Check now, and mend all that can be derived")
    boolean repairAll;

    @Override
    Object run() throws Exception {
        Predicate<Finding> mend = mends();
        Integrity.Scan scan;
        if (full || repairAll || repair != null) {
            try (Bar bar = bar()) {
                scan = with(Integrity.class, NAME, integrity -> integrity.scan(mend, bar));
            }
        } else {
            Optional<Integrity.Scan> last = with(Integrity.class, NAME, Integrity::last);
            scan = last.orElse(null);
        }
        Shown shown = new Shown(scan, with(Integrity.class, NAME, Integrity::next));
        if (json) {
            print(shown);
        } else if (scan == null) {
            if (!quiet) {
                out().println("Nothing has been checked yet. By itself that happens at " + TIME.format(shown.next()) + "; ozone-core integrity --full does it now.");
            }
        } else {
            show(shown);
        }
        return scan != null && (scan.wrong() > 0 || scan.failed()) ? FAILED : null;
    }

    private Predicate<Finding> mends() throws CommandException {
        if (repair == null) {
            return finding -> repairAll;
        }
        if (repairAll) {
            throw new CommandException("--repair and --repair-all exclude each other");
        }
        try {
            long container = Long.parseLong(repair);
            return finding -> finding.container() == container;
        } catch (NumberFormatException e) {
            throw new CommandException("--repair takes the number of a container, not '" + Style.line(repair) + "'");
        }
    }

    private void show(Shown shown) {
        Integrity.Scan scan = shown.scan();
        Style style = style();
        if (!quiet) {
            Table table = new Table("PART", "LOOKED AT", "WRONG", "MENDED", "TOOK").right(1, 2, 3, 4);
            for (Integrity.Part part : scan.parts()) {
                table.row(Style.line(part.name()), part.looked(), part.found().values().stream().mapToLong(Long::longValue).sum(), part.repaired(),
                        Style.millis(part.seconds() * 1000));
            }
            print(table);
        }
        scan.parts().stream().filter(part -> part.problem() != null)
                .forEach(part -> out().println(style.bad(Style.line(part.name()) + " could not be checked: ") + Style.line(part.problem())));
        List<Finding> left = scan.left();
        for (Finding finding : left.subList(0, Math.min(MOST_SHOWN, left.size()))) {
            out().println(style.warn(finding.kind().name().toLowerCase(Locale.ROOT)) + (finding.container() == 0 ? "" : "  " + finding.container()) + "  "
                    + Style.line(finding.message()) + (finding.repairable() ? style.dim("  (can be mended)") : ""));
        }
        if (scan.leftInAll() > MOST_SHOWN) {
            out().println("… and " + (scan.leftInAll() - Math.min(MOST_SHOWN, left.size())) + " more" + (left.size() > MOST_SHOWN ? ": --json has " + left.size() : ""));
        }
        if (!quiet) {
            boolean mendable = left.stream().anyMatch(Finding::repairable);
            String verdict = scan.wrong() == 0 ? style.good("Nothing is wrong") : style.warn(scan.wrong() + (scan.wrong() == 1 ? " thing is wrong" : " things are wrong"))
                    + (mendable ? "; ozone-core integrity --repair-all mends what can be derived" : "");
            if (scan.stale() > 0) {
                out().println(scan.stale() + (scan.stale() == 1 ? " file has" : " files have") + " changed or gone since it was read: ozone-core ingest reads it again");
            }
            out().println(verdict + ". Checked " + TIME.format(scan.began()) + "; next " + TIME.format(shown.next()));
        }
    }
}
