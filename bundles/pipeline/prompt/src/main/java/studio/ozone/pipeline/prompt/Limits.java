package studio.ozone.pipeline.prompt;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

import studio.ozone.api.config.Facts;
import studio.ozone.api.pipeline.PipelineException;

/** The settings of the prompt pipeline, as one request sees them. Immutable. */
record Limits(int maxQuestionChars, int maxPassages, int candidates, int maxContextTokens, int reserveOutputTokens, String defaultProvider) {

    static final String PID = "ozone.pipeline.prompt";
    static final String TOKENS_PID = "ozone.llm.prompt";
    static final String LLM_PID = "ozone.llm";

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
            + "max_context_tokens.")
        int reserve__output__tokens() default 4_096;
    }

    @ObjectClassDefinition(pid = LLM_PID, name = "Providers", description = "Who answers.")
    public @interface Llm {

        @AttributeDefinition(description = "The provider that answers where a request names none; where it is not there, the best that is.",
                options = {@Option("local"), @Option("api"), @Option("extractive")})
        @Facts(advice = "api on machines that are too small for a local model, local to keep every question on this machine. "
            + "extractive quotes the evidence and needs no model at all.")
        String default__provider() default Providers.UNSET;
    }

    /** @throws IllegalArgumentException for a value out of range; names the key */
    static Limits of(Config config, Tokens tokens, Llm llm) {
        within("pipeline.prompt.max_question_chars", config.max__question__chars(), 1, 10_000_000);
        within("pipeline.prompt.max_passages", config.max__passages(), 1, 200);
        within("pipeline.prompt.candidates", config.candidates(), 1, 10_000);
        within("llm.prompt.max_context_tokens", tokens.max__context__tokens(), 256, 10_000_000);
        within("llm.prompt.reserve_output_tokens", tokens.reserve__output__tokens(), 1, tokens.max__context__tokens() - 1);
        return new Limits(config.max__question__chars(), config.max__passages(), config.candidates(), tokens.max__context__tokens(),
                tokens.reserve__output__tokens(), llm.default__provider().strip());
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

    /**
     * Tokens that question and passages may have together.
     *
     * @param contextLength of the provider
     * @param question tokens of the question
     * @throws PipelineException INVALID if no room is left for any passage; names the keys
     */
    int budget(int contextLength, int question) throws PipelineException {
        int budget = Math.min(maxContextTokens, contextLength) - reserveOutputTokens;
        if (budget <= question) {
            throw new PipelineException(PipelineException.Code.INVALID, "The question has " + question + " tokens, and there is room for "
                    + budget + ": llm.prompt.max_context_tokens is " + maxContextTokens + ", the provider takes " + contextLength
                    + ", llm.prompt.reserve_output_tokens is " + reserveOutputTokens + ". Ask a shorter question or change these keys.");
        }
        return budget;
    }
}
