package studio.ozone.shell;

import java.util.List;
import java.util.Map;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.StringsCompleter;

import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.Prompting;

@Service
@Command(scope = "ozone", name = "conversation", description = "Shows, exports or deletes one conversation; ozone-core conversations lists them.\n"
        + "Example: ozone-core conversation export 42 > talk.md   (--format json for programs; delete asks nothing and cannot be undone)")
public final class ConversationCommand extends OzoneCommand {

    /** What can be done, for completion. */
    @Service
    public static final class Actions extends StringsCompleter {
        public Actions() {
            super(List.of("show", "export", "delete"));
        }
    }

    /** The formats, for completion. */
    @Service
    public static final class Formats extends StringsCompleter {
        public Formats() {
            super(List.of("markdown", "json"));
        }
    }

    @Argument(name = "ACTION ID", description = "show, export or delete, and the number of a conversation", multiValued = true)
    @Completion(Actions.class)
    List<String> words;

    @Option(name = "--format", description = "Of an export: markdown or json")
    @Completion(Formats.class)
    String format = "markdown";

    @Override
    Object run() throws Exception {
        if (words == null || words.size() != 2) {
            throw new CommandException("ozone-core conversation show|export|delete ID");
        }
        if (!List.of("markdown", "json").contains(format)) {
            throw new CommandException("--format is '" + Style.line(format) + "'; it can be markdown or json");
        }
        long id = id(words.get(1));
        switch (words.getFirst()) {
            case "show" -> show(id);
            case "export" -> export(id);
            case "delete" -> delete(id);
            default -> throw new CommandException("'" + Style.line(words.getFirst()) + "' is not show, export or delete");
        }
        return null;
    }

    /** @throws CommandException if it is no number of a conversation */
    static long id(String text) throws CommandException {
        try {
            long id = Long.parseLong(text.strip());
            if (id > 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            throw new CommandException("'" + Style.line(text) + "' is no number of a conversation: ozone-core conversations lists them");
        }
        throw new CommandException("The number of a conversation is 1 or more: ozone-core conversations lists them");
    }

    private void show(long id) throws Exception {
        Conversations.Whole whole = with(Conversations.class, ConversationsCommand.CAPABILITY, conversations -> conversations.show(id));
        if (json) {
            print(whole);
            return;
        }
        Style style = style();
        for (Conversations.Turn turn : whole.turns()) {
            out().println(style.bold("> " + Style.clean(turn.question())));
            out().println(Style.clean(turn.answer()));
            for (Prompting.Citation citation : turn.citations()) {
                String record = citation.record() == null ? "" : "#" + citation.record();
                out().println(style.dim("[" + citation.n() + "] " + Style.line(citation.source() + record) + ":" + citation.line()));
            }
            if (!quiet) {
                out().println(style.dim(ConversationsCommand.TIME.format(turn.at()) + " \u00b7 " + Style.line(turn.provider())));
            }
            out().println();
        }
    }

    private void export(long id) throws Exception {
        if (json || format.equals("json")) {
            Conversations.Whole whole = with(Conversations.class, ConversationsCommand.CAPABILITY, conversations -> conversations.show(id));
            print(whole);
        } else {
            String text = with(Conversations.class, ConversationsCommand.CAPABILITY, conversations -> conversations.markdown(id));
            out().print(Style.clean(text));
            out().flush();
        }
    }

    private void delete(long id) throws Exception {
        with(Conversations.class, ConversationsCommand.CAPABILITY, conversations -> {
            conversations.delete(id);
            return null;
        });
        if (json) {
            print(Map.of("deleted", id));
        } else if (!quiet) {
            out().println("Conversation " + id + " is gone.");
        }
    }
}
