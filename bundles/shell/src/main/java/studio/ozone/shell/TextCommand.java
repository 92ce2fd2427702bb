package studio.ozone.shell;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;

import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Sources;

@Service
@Command(scope = "ozone", name = "text", description = "Prints the text that the offsets of hits and citations count in: of a PDF, the text as extracted.\n"
        + "Example: ozone-core text report.pdf --start 120 --end 240")
public final class TextCommand extends OzoneCommand {

    @Argument(name = "FILE", description = "A file that has been read", required = true, multiValued = true)
    @Completion(FileCompleter.class)
    List<String> files;

    @Option(name = "--record", description = "The id of a record, where the file holds several")
    String record;

    @Option(name = "--start", description = "The first code point")
    int start;

    @Option(name = "--end", description = "The one after the last; -1 for the whole text")
    int end = -1;

    @Override
    Object run() throws Exception {
        String file = one("FILE", files);
        Path path = path(file);
        Container container = with(ContainerStore.class, "zsei.store", store -> store.find(path.toString(), record))
            .orElseThrow(() -> new PipelineException(PipelineException.Code.NOT_FOUND, record == null
                ? path + " has not been read yet: ozone-core ingest " + path : path + " has no record '" + Style.line(record) + "'"));
        Sources.Text text = with(Sources.class, "zsei.sources", sources -> sources.text(container));
        int last = end < 0 ? text.length() : end;
        if (start < 0 || start > last || last > text.length()) {
            throw new CommandException("--start " + start + " --end " + last + " is not within 0.." + text.length());
        }
        String slice = text.slice(start, last);
        if (json) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("source", path);
            answer.put("record", record);
            answer.put("start", start);
            answer.put("end", last);
            answer.put("text", slice);
            print(answer);
        } else {
            out().println(columns() > 0 ? Style.clean(slice) : slice);
        }
        return null;
    }
}
