/**
 * Answers of language models behind an API: OpenAI's and whatever speaks like it, Anthropic's, and Ollama's. In reading order:
 * {@link studio.ozone.llm.api.Table} is one server as the configuration names it, {@link studio.ozone.llm.api.ApiProvider} is the service,
 * {@link studio.ozone.llm.api.Attempts} asks until there is an answer or no hope, {@link studio.ozone.llm.api.Pace} and
 * {@link studio.ozone.llm.api.Budget} hold it back, {@link studio.ozone.llm.api.Models} speaks the protocols with langchain4j, and
 * {@link studio.ozone.llm.api.Exchange} is the HTTP client under it, over the one way out.
 */
@Toggle(pid = "ozone.llm.api", key = "enabled")
package studio.ozone.llm.api;

import studio.ozone.api.capability.Toggle;
