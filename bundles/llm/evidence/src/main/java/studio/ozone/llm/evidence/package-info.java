/**
 * What judges evidence: not a bundle but a library that the bundles which need it carry inside, so that none of them depends on another that
 * may be switched off. In reading order: {@link studio.ozone.llm.evidence.Segmenter} cuts passages into quotable units,
 * {@link studio.ozone.llm.evidence.Question} says what is asked, {@link studio.ozone.llm.evidence.Ranking} weighs each unit, and
 * {@link studio.ozone.llm.evidence.Choice} decides whether they answer and which of them are quoted.
 */
package studio.ozone.llm.evidence;
