package studio.ozone.pipeline.prompt;

import java.util.List;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting.Citation;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ZseiException;

/** What is kept of earlier questions, to look at and to take away. */
@Component(service = Conversations.class)
public final class KeptConversations implements Conversations {

    private final Talk talk;

    @Activate
    public KeptConversations(@Reference ContainerStore store) {
        this.talk = new Talk(store);
    }

    static PipelineException missing(long id) {
        return new PipelineException(PipelineException.Code.NOT_FOUND, "There is no conversation " + id + ". ./ozone-core conversations lists them.");
    }

    @Override
    public List<Conversation> list() throws PipelineException {
        try {
            return talk.all();
        } catch (ZseiException e) {
            throw PromptPipeline.failure(e);
        }
    }

    @Override
    public Whole show(long id) throws PipelineException {
        try {
            Conversation conversation = talk.find(id).orElseThrow(() -> missing(id));
            return new Whole(conversation, talk.turns(id));
        } catch (ZseiException e) {
            throw PromptPipeline.failure(e);
        }
    }

    @Override
    public String markdown(long id) throws PipelineException {
        Whole whole = show(id);
        StringBuilder text = new StringBuilder("# ").append(line(whole.conversation().title())).append("\n");
        for (Turn turn : whole.turns()) {
            text.append("\n## ").append(line(turn.question())).append("\n\n").append(turn.answer()).append("\n\n");
            for (Citation citation : turn.citations()) {
                text.append("- [").append(citation.n()).append("] `").append(citation.source()).append(citation.record() == null ? "" : "#" + citation.record())
                        .append(':').append(citation.line()).append("` ").append(citation.verified() ? "" : "(not verified) ").append("“")
                        .append(line(citation.quote())).append("”\n");
            }
            text.append(turn.citations().isEmpty() ? "" : "\n").append("*").append(turn.at()).append(", ").append(turn.provider()).append("*\n");
        }
        return text.toString();
    }

    @Override
    public void delete(long id) throws PipelineException {
        try {
            talk.delete(talk.find(id).orElseThrow(() -> missing(id)).id());
        } catch (ZseiException e) {
            throw PromptPipeline.failure(e);
        }
    }

    private static String line(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
