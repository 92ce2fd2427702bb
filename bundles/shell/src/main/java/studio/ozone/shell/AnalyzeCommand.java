package studio.ozone.shell;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;

import studio.ozone.api.pipeline.TextAnalysis;

@Service
@Command(scope = "ozone", name = "analyze", description = "Says what a document is about: language, keywords, entities, outline.\n"
        + "Example: ozone-core analyze README.md")
public final class AnalyzeCommand extends OzoneCommand {

    @Argument(name = "FILE", description = "The document; what is found is kept with it if it has been read before", required = true, multiValued = true)
    @Completion(FileCompleter.class)
    List<String> files;

    @Override
    Object run() throws Exception {
        String file = one("FILE", files);
        TextAnalysis.Analysis analysis = with(TextAnalysis.class, "pipeline.text_analysis", analyzer -> analyzer.analyze(path(file)));
        if (json) {
            print(analysis);
        } else {
            show(analysis);
        }
        return null;
    }

    private void show(TextAnalysis.Analysis analysis) {
        Style style = style();
        out().println(style.bold(Style.line(analysis.source())));
        out().printf(Locale.ROOT, "language   %s (%.0f %%), %d words, %d sentences%n", analysis.language(), analysis.languageConfidence() * 100,
            analysis.words(), analysis.sentences());
        out().println("keywords   " + analysis.keywords().stream().map(word -> Style.line(word.text()) + " " + style.dim("×" + word.count()))
            .collect(Collectors.joining(", ")));
        out().println("entities   " + analysis.entities().stream().map(one -> Style.line(one.text()) + " " + style.dim("(" + one.kind() + ")"))
            .collect(Collectors.joining(", ")));
        if (!analysis.outline().isEmpty()) {
            out().println("outline");
            analysis.outline().forEach(heading -> out().println("  ".repeat(heading.level()) + Style.line(heading.text()) + " " + style.dim(":" + heading.line())));
        }
        if (quiet) {
            return;
        }
        analysis.notes().forEach(note -> out().println(style.dim(Style.line(note))));
        out().println(style.dim((analysis.container() == 0 ? "not kept: the file has not been read (ozone-core ingest)" : "kept with container " + analysis.container())
            + " · " + Style.millis(analysis.tookMs())));
    }
}
