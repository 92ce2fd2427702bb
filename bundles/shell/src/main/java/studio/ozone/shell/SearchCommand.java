package studio.ozone.shell;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Search;

@Service
@Command(scope = "ozone", name = "search", description = "Finds passages by words, by meaning, or by both.\n"
        + "Example: ozone-core search \"customers angry about late parcels\" --k 5")
public final class SearchCommand extends OzoneCommand {

    private static final int MOST = 10_000;

    /** The modes, for completion. */
    @Service
    public static final class Modes extends StringsCompleter {
        public Modes() {
            super(List.of("hybrid", "semantic", "keyword"));
        }
    }

    @Argument(name = "TEXT", description = "What to look for", multiValued = true)
    List<String> words;

    @Option(name = "--k", description = "How many hits at most, 1..10000")
    int k = 10;

    @Option(name = "--mode", description = "hybrid, semantic or keyword")
    @Completion(Modes.class)
    String mode = "hybrid";

    @Option(name = "--with", description = "Only below this file or folder, which has been read before; may be repeated", multiValued = true)
    @Completion(FileCompleter.class)
    List<String> with;

    @Option(name = "--queries", description = "A file of lines {\"id\",\"question\"} to search for, one after another")
    String queries;

    @Option(name = "--run", description = "Where to write the ranking of --queries, in the format of TREC runs")
    String run;

    @Override
    Object run() throws Exception {
        if (k < 1 || k > MOST) {
            throw new CommandException("--k is " + k + "; it can be 1.." + MOST);
        }
        Index.Mode by = mode();
        Set<Long> within = within();
        if (queries != null || run != null) {
            return queries(by, within);
        }
        String text = words == null ? "" : String.join(" ", words);
        if (text.isBlank()) {
            throw new CommandException("Nothing to look for: ozone-core search TEXT");
        }
        Search.Answer answer = with(Search.class, "zsei.index", search -> search.search(text, k, by, within));
        if (json) {
            print(answer);
        } else {
            show(answer);
        }
        return null;
    }

    private Index.Mode mode() throws CommandException {
        try {
            return Index.Mode.valueOf(mode.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CommandException("--mode is '" + Style.line(mode) + "'; it can be hybrid, semantic or keyword");
        }
    }

    private Set<Long> within() throws Exception {
        Set<Long> ids = new HashSet<>();
        for (Path path : paths(with)) {
            ids.add(with(ContainerStore.class, "zsei.store", store -> store.find(path.toString(), null))
                .orElseThrow(() -> new PipelineException(PipelineException.Code.NOT_FOUND,
                    path + " has not been read yet: ozone-core ingest " + path)).id());
        }
        return ids;
    }

    private void show(Search.Answer answer) {
        Style style = style();
        if (answer.note() != null && !quiet) {
            out().println(style.warn(Style.line(answer.note())));
        }
        int n = 0;
        for (Search.Hit hit : answer.hits()) {
            String where = hit.source() + (hit.record() == null ? "" : "#" + hit.record()) + ":" + hit.start() + "-" + hit.end();
            out().printf(Locale.ROOT, "%2d. %s  %s%n", ++n, style.bold(Style.line(hit.title())), style.dim(String.format(Locale.ROOT, "%.3f", hit.score())));
            out().println("    " + style.dim(Style.line(where)));
            if (!hit.snippet().isEmpty()) {
                out().println("    " + Style.line(hit.snippet()));
            }
        }
        if (!quiet) {
            out().printf("%s%d hit%s in %s%n", n == 0 ? "" : "\n", n, n == 1 ? "" : "s", Style.millis(answer.tookMs()));
        }
    }

    private Object queries(Index.Mode by, Set<Long> within) throws Exception {
        if (queries == null || run == null || words != null) {
            throw new CommandException("--queries FILE and --run OUT go together, and with no TEXT");
        }
        Path from = path(queries);
        Path to = path(run);
        try (Bar bar = bar()) {
            TrecRun.Summary summary = with(Search.class, "zsei.index",
                search -> TrecRun.write(from, to, "ozone-" + mode, k, bar, (question, limit) -> search.search(question, limit, by, within)));
            bar.wipe();
            if (json) {
                print(summary);
            } else if (!quiet) {
                out().printf("%d queries, %d lines in %s; %s a query%n", summary.queries(), summary.lines(), to, Style.millis(summary.meanMs()));
            }
        }
        return null;
    }
}
