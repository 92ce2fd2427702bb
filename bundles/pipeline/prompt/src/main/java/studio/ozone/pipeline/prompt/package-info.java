/**
 * The way of a question: {@link studio.ozone.pipeline.prompt.PromptPipeline} checks it, {@link studio.ozone.pipeline.prompt.Retrieval}
 * finds chunks and reads them where they lie, {@link studio.ozone.pipeline.prompt.Assembly} makes passages of them within the token
 * budget, a provider words the answer, {@link studio.ozone.pipeline.prompt.Verification} checks each quotation against its file, and
 * {@link studio.ozone.pipeline.prompt.TaskRecord} keeps that it happened.
 */
@Toggle(pid = "ozone.pipeline.built_in", key = "prompt_enabled")
package studio.ozone.pipeline.prompt;

import studio.ozone.api.capability.Toggle;
