package studio.ozone.api.pipeline;

import java.time.Instant;
import java.util.List;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.llm.Provider;

/**
 * The questions that were asked and their answers, kept in ZSEI while {@code pipeline.prompt.keep_conversations} is true. They are the
 * user's: nothing searches them, and what is deleted is gone. Thread-safe.
 */
@ProviderType
public interface Conversations {

    /**
     * @param id its container
     * @param title the beginning of its first question
     * @param turns how many questions
     * @param begun when the first was asked
     * @param last when the last was answered
     */
    record Conversation(long id, String title, int turns, Instant begun, Instant last) { }

    /**
     * One question and its answer.
     *
     * @param task the container that records the run
     * @param citations as they were checked when the answer was given
     */
    record Turn(long task, Instant at, String question, String answer, Provider.Mode mode, String provider, List<Prompting.Citation> citations) { }

    /** A conversation with all its turns, oldest first. */
    record Whole(Conversation conversation, List<Turn> turns) { }

    /** All of them, the one that was asked last first. */
    List<Conversation> list() throws PipelineException;

    /** @throws PipelineException NOT_FOUND */
    Whole show(long id) throws PipelineException;

    /**
     * A conversation as a text for people.
     *
     * @throws PipelineException NOT_FOUND
     */
    String markdown(long id) throws PipelineException;

    /**
     * Takes a conversation out of the store, with every turn and every edge.
     *
     * @throws PipelineException NOT_FOUND; DISK_FULL if it could not be written
     */
    void delete(long id) throws PipelineException;
}
