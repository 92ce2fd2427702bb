package studio.ozone.shell;

import java.util.Arrays;
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

import studio.ozone.api.care.Transfer;
import studio.ozone.api.zsei.ContainerType;

@Service
@Command(scope = "ozone", name = "export", description = "Writes what ZSEI keeps as lines of JSON, in a documented format (docs/formats/export.md): for other programs, another machine, another version.\n"
        + "The same state is always the same text. A name that ends in .gz has it packed; - is the standard output.\n"
        + "Examples: ozone-core export zsei.jsonl.gz   ozone-core export - | head   ozone-core export talks.jsonl --only context,task")
public final class ExportCommand extends OzoneCommand {

    private static final String STANDARD_OUTPUT = "-";

    @Argument(name = "FILE", description = "Where to; - or nothing is the standard output", multiValued = true)
    @Completion(FileCompleter.class)
    List<String> files;

    @Option(name = "--only", description = "Only containers of these types, separated by commas, with those that they lie below", multiValued = true)
    List<String> only;

    @Option(name = "--embeddings", description = "With the vectors, which are large; they can be made again where the texts are")
    boolean embeddings;

    @Override
    Object run() throws Exception {
        Transfer.What what = new Transfer.What(types(), embeddings);
        String file = files == null ? STANDARD_OUTPUT : one("FILE", files);
        if (file.equals(STANDARD_OUTPUT)) {
            if (json) {
                throw new CommandException("--json says what was written to a FILE; the export itself is JSON already");
            }
            with(Transfer.class, BackupCommand.CAPABILITY, transfer -> transfer.export(out(), what, (stage, done, total, detail) -> { }));
            return null;
        }
        Transfer.Exported exported;
        try (Bar bar = bar()) {
            exported = with(Transfer.class, BackupCommand.CAPABILITY, transfer -> transfer.export(path(file), what, bar));
        }
        if (json) {
            print(exported);
        } else if (!quiet) {
            out().println(exported.containers() + " containers, " + exported.relations() + " edges and " + exported.embeddings() + " vectors are in "
                    + Style.line(path(file).toString()));
        }
        return null;
    }

    private Set<ContainerType> types() throws CommandException {
        Set<ContainerType> types = new HashSet<>();
        for (String some : only == null ? List.<String>of() : only) {
            for (String name : some.split(",")) {
                try {
                    types.add(ContainerType.valueOf(name.strip().toUpperCase(Locale.ROOT)));
                } catch (IllegalArgumentException e) {
                    throw new CommandException("'" + Style.line(name) + "' is no type of a container. There are " + String.join(", ", Arrays.stream(ContainerType.values())
                            .map(type -> type.name().toLowerCase(Locale.ROOT)).toList()));
                }
            }
        }
        return types;
    }
}
