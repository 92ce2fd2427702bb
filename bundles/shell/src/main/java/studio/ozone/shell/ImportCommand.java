package studio.ozone.shell;

import java.util.List;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;

import studio.ozone.api.care.Transfer;

@Service
@Command(scope = "ozone", name = "import", description = "Takes in what ozone-core export wrote. All of it is checked before anything is written; the first line that is wrong is named.\n"
        + "What is here already stays as it is, so importing twice is as good as once. A file or record that is here with other content is left out, with all below it.\n"
        + "Examples: ozone-core import zsei.jsonl.gz --dry-run   ozone-core import zsei.jsonl.gz")
public final class ImportCommand extends OzoneCommand {

    @Argument(name = "FILE", description = "An export, packed or not", multiValued = true)
    @Completion(FileCompleter.class)
    List<String> files;

    @Option(name = "--dry-run", description = "Check the file, and only say what would be new")
    boolean dryRun;

    @Override
    Object run() throws Exception {
        String file = one("FILE", files);
        Transfer.Imported imported;
        try (Bar bar = bar()) {
            imported = with(Transfer.class, BackupCommand.CAPABILITY, transfer -> transfer.take(path(file), dryRun, bar));
        }
        if (json) {
            print(imported);
        } else if (!quiet) {
            out().println((dryRun ? "Would be new: " : style().good("New: ")) + imported.containers() + " containers, " + imported.relations() + " edges, " + imported.embeddings()
                    + " vectors; " + imported.known() + " containers are here already; " + imported.left() + " are left out, since other content is here ("
                    + Style.millis(imported.seconds() * 1000) + ")");
        }
        return null;
    }
}
