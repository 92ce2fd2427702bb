/**
 * The provider that needs no model: it answers with sentences of the evidence, quoted as they stand, or says that there is nothing.
 * In reading order: {@link studio.ozone.llm.extractive.Segmenter} cuts passages into quotable units,
 * {@link studio.ozone.llm.extractive.Question} says what is asked, {@link studio.ozone.llm.extractive.Ranking} weighs each unit,
 * and {@link studio.ozone.llm.extractive.ExtractiveProvider} chooses.
 */
@Toggle(pid = "ozone.llm.extractive", key = "enabled")
package studio.ozone.llm.extractive;

import studio.ozone.api.capability.Toggle;
