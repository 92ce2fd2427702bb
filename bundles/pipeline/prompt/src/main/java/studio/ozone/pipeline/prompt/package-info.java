/**
 * The way of a question: {@link studio.ozone.pipeline.prompt.PromptPipeline} takes it, {@link studio.ozone.pipeline.prompt.Run} leads it:
 * {@link studio.ozone.pipeline.prompt.Retrieval} finds chunks and reads them where they lie, {@link studio.ozone.pipeline.prompt.Assembly} makes
 * passages of them within the token budget, and a provider words the answer. What a model writes
 * ({@link studio.ozone.pipeline.prompt.Generation}, {@link studio.ozone.pipeline.prompt.PromptText}) is taken apart while it comes
 * ({@link studio.ozone.pipeline.prompt.Wording}) and held against the passages ({@link studio.ozone.pipeline.prompt.Support},
 * {@link studio.ozone.pipeline.prompt.Claims}). {@link studio.ozone.pipeline.prompt.Verification} checks each quotation against its file, and
 * {@link studio.ozone.pipeline.prompt.Talk} keeps what was asked and answered.
 */
@Toggle(pid = "ozone.pipeline.built_in", key = "prompt_enabled")
package studio.ozone.pipeline.prompt;

import studio.ozone.api.capability.Toggle;
