package studio.ozone.shell;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.pipeline.Conversations;

@Service
@Command(scope = "ozone", name = "conversations", description = "Lists what was asked, the last conversation first. prompt --conversation ID goes on with one.\n"
        + "They are kept while pipeline.prompt.keep_conversations is true.\n"
        + "Example: ozone-core conversations")
public final class ConversationsCommand extends OzoneCommand {

    static final String CAPABILITY = "pipeline.prompt";
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

    @Override
    Object run() throws Exception {
        List<Conversations.Conversation> all = with(Conversations.class, CAPABILITY, Conversations::list);
        if (json) {
            print(all);
            return null;
        }
        if (all.isEmpty()) {
            if (!quiet) {
                out().println("Nothing has been asked yet, or nothing of it is kept.");
            }
            return null;
        }
        Table table = new Table("ID", "QUESTIONS", "LAST", "BEGINS WITH").right(0, 1);
        for (Conversations.Conversation one : all) {
            table.row(one.id(), one.turns(), TIME.format(one.last()), Style.line(one.title()));
        }
        print(table);
        return null;
    }
}
