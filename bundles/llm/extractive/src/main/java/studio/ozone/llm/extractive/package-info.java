/**
 * The provider that needs no model: it answers with sentences of the evidence, quoted as they stand, or says that there is nothing. What
 * weighs them is the library {@code bundles/llm/evidence}, which the bundle carries inside;
 * {@link studio.ozone.llm.extractive.ExtractiveProvider} words what was chosen.
 */
@Toggle(pid = "ozone.llm.extractive", key = "enabled")
package studio.ozone.llm.extractive;

import studio.ozone.api.capability.Toggle;
