package studio.ozone.pipeline.prompt;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

import studio.ozone.api.config.Facts;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.llm.evidence.Choice;

/** The settings of the prompt pipeline, as one request sees them. Immutable. */
record Limits(int maxQuestionChars, int maxPassages, int candidates, int maxContextTokens, int reserveOutputTokens,
        String defaultProvider, String systemPromptPath, boolean keepConversations, Choice judgement) {

    static final String PID = "ozone.pipeline.prompt";
    static final String TOKENS_PID = "ozone.llm.prompt";
    static final String LLM_PID = "ozone.llm";
    /** Where it is set how much evidence an answer needs, be it quoted or generated. */
    static final String EVIDENCE_PID = "ozone.llm.extractive";

    @ObjectClassDefinition(pid = PID, name = "Prompt pipeline", description = "How a question becomes an answer.")
    public @interface Config {

        @AttributeDefinition(description = "The longest question, in characters.", min = "1", max = "10000000")
        @Facts(unit = "characters")
        int max__question__chars() default 100_000;

        @AttributeDefinition(description = "Passages that a provider gets at most.", min = "1", max = "200")
        @Facts(unit = "passages")
        int max__passages() default 10;

        @AttributeDefinition(description = "Chunks that are looked for; those that do not go in are listed as cut.", min = "1", max = "10000")
        @Facts(unit = "chunks")
        int candidates() default 40;

        @AttributeDefinition(description = "Whether questions and answers are kept as conversations (ozone-core conversations), so that --continue goes on "
            + "with them. They stay in ZSEI on this machine, nothing searches them, and conversation delete takes one away.")
        @Facts(advice = "false where nobody may find out later what was asked: then only that a question was answered is kept, by whom and from which "
            + "documents, and --continue is refused.")
        boolean keep__conversations() default true;
    }

    @ObjectClassDefinition(pid = TOKENS_PID, name = "Prompt size", description = "What goes into a prompt (guide, section 9).")
    public @interface Tokens {

        @AttributeDefinition(description = "Tokens of question, passages and answer together, at most.", min = "256", max = "10000000")
        @Facts(unit = "tokens",
            advice = "32000 where a local model answers: a long context takes it long to read. What does not fit is left "
            + "out, and listed. The room for passages is this less reserve_output_tokens, the question included.")
        int max__context__tokens() default 100_000;

        @AttributeDefinition(description = "Tokens kept free for the answer.", min = "1", max = "9999999")
        @Facts(unit = "tokens", advice = "2048 is enough for most answers and leaves more room for passages. It must be smaller than "
            + "max_context_tokens. Of a model with a small context no more than a quarter is kept free where this is more than half of it; "
            + "the answer says so.")
        int reserve__output__tokens() default 4_096;

        @AttributeDefinition(description = "A text file with instructions for models, in place of the built-in ones: an absolute path. How passages are "
            + "told from instructions, and what is said where they do not answer, is always added.")
        @Facts(advice = "For a tone or a form of answers that suits you. It counts as input of every generated answer; sentences are checked all the same.")
        String system__prompt__path() default "";
    }

    @ObjectClassDefinition(pid = LLM_PID, name = "Providers", description = "Who answers.")
    public @interface Llm {

        @AttributeDefinition(description = "The provider that answers where a request names none; where it cannot, the extractive one does, and the answer says so.",
                options = {@Option("local"), @Option("api"), @Option("extractive")})
        @Facts(advice = "api on machines that are too small for a local model, local to keep every question on this machine. "
            + "extractive quotes the evidence and needs no model at all.")
        String default__provider() default Providers.UNSET;
    }

    /** What the extractive provider's table says about evidence; it is described there, and read whether that provider runs or not. */
    public @interface Judging {
        double min__evidence() default Choice.MIN_EVIDENCE;

        double min__coverage() default Choice.MIN_COVERAGE;

        int compare__by__meaning() default Choice.COMPARED;
    }

    /**
     * What one provider's context is divided into.
     *
     * @param input tokens of all that goes in
     * @param output tokens of the answer
     * @param note why less is kept for the answer than was set; null where it is not
     */
    record Room(int input, int output, String note) { }

    /** @throws IllegalArgumentException for a value out of range; names the key */
    static Limits of(Config config, Tokens tokens, Llm llm, Judging judging) {
        within("pipeline.prompt.max_question_chars", config.max__question__chars(), 1, 10_000_000);
        within("pipeline.prompt.max_passages", config.max__passages(), 1, 200);
        within("pipeline.prompt.candidates", config.candidates(), 1, 10_000);
        within("llm.prompt.max_context_tokens", tokens.max__context__tokens(), 256, 10_000_000);
        within("llm.prompt.reserve_output_tokens", tokens.reserve__output__tokens(), 1, tokens.max__context__tokens() - 1);
        return new Limits(config.max__question__chars(), config.max__passages(), config.candidates(), tokens.max__context__tokens(),
                tokens.reserve__output__tokens(), llm.default__provider().strip(), tokens.system__prompt__path().strip(),
                config.keep__conversations(), new Choice(1, judging.min__evidence(), judging.min__coverage(), judging.compare__by__meaning()));
    }

    private static void within(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + " = " + value + " is outside " + min + ".." + max);
        }
    }

    /** @throws PipelineException INVALID */
    void check(String question) throws PipelineException {
        if (question == null || question.isEmpty()) {
            throw new PipelineException(PipelineException.Code.INVALID, "The question is empty.");
        }
        if (question.length() > maxQuestionChars) {
            throw new PipelineException(PipelineException.Code.INVALID, "The question has " + question.length()
                    + " characters; pipeline.prompt.max_question_chars allows " + maxQuestionChars + ".");
        }
        if (question.isBlank()) {
            throw new PipelineException(PipelineException.Code.INVALID, "The question is empty.");
        }
    }

    /** @param contextLength of the provider */
    Room room(String provider, int contextLength) {
        int context = Math.min(maxContextTokens, contextLength);
        if (reserveOutputTokens <= context / 2) {
            return new Room(context - reserveOutputTokens, reserveOutputTokens, null);
        }
        int output = Math.max(1, context / 4);
        return new Room(context - output, output, output + " tokens were kept for the answer, not " + reserveOutputTokens
                + " (llm.prompt.reserve_output_tokens): " + provider + " takes " + context + " in all.");
    }

    /**
     * @param fixed tokens of what has to go in: the question, and the instructions
     * @throws PipelineException INVALID if no room is left for any passage; names the keys
     */
    void check(int fixed, int contextLength, Room room) throws PipelineException {
        if (room.input <= fixed) {
            throw new PipelineException(PipelineException.Code.INVALID, "The question and the instructions have " + fixed
                    + " tokens, and there is room for " + room.input + ": llm.prompt.max_context_tokens is " + maxContextTokens + ", the provider takes "
                    + contextLength + ", llm.prompt.reserve_output_tokens is " + reserveOutputTokens + ". Ask a shorter question or change these keys.");
        }
    }
}
