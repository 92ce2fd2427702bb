package studio.ozone.shell;

import java.util.List;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;

import studio.ozone.api.pipeline.Ingest;

@Service
@Command(scope = "ozone", name = "ingest", description = "Reads files and folders, so that search and prompt find what is in them.\n"
        + "Example: ozone-core ingest ~/notes --exclude '*.log'")
public final class IngestCommand extends OzoneCommand {

    @Argument(name = "PATH", description = "Files and folders", required = true, multiValued = true)
    @Completion(FileCompleter.class)
    List<String> names;

    @Option(name = "--include", description = "Only paths that match this pattern, relative to the folder (for instance '**/*.md')", multiValued = true)
    List<String> include;

    @Option(name = "--exclude", description = "Leave out paths that match this pattern, beside what .gitignore leaves out", multiValued = true)
    List<String> exclude;

    @Option(name = "--force", description = "Read files again though their content is unchanged")
    boolean force;

    @Override
    Object run() throws Exception {
        if (names == null) {
            throw new CommandException("Nothing to read: ozone-core ingest PATH…");
        }
        Ingest.Request request = new Ingest.Request(paths(names), include == null ? List.of() : include, exclude == null ? List.of() : exclude, force);
        Ingest.Report report;
        try (Bar bar = bar()) {
            report = with(Ingest.class, "pipeline.ingest", ingest -> ingest.ingest(request, bar));
        }
        if (json) {
            print(report);
        } else {
            show(report);
        }
        return report.failed().isEmpty() ? null : FAILED;
    }

    private void show(Ingest.Report report) {
        Style style = style();
        if (!quiet) {
            out().printf("%d documents in %d chunks read; %d files unchanged, %d gone; %s%n", report.documents(), report.chunks(), report.skipped(),
                report.removed(), Style.millis(report.tookMs()));
        }
        if (!report.failed().isEmpty()) {
            out().println(style.warn(report.failed().size() == 1 ? "One file could not be read:" : report.failed().size() + " files could not be read:"));
            report.failed().forEach(failure -> out().println("  " + Style.line(failure.source()) + ": " + Style.line(failure.reason())));
        }
    }
}
