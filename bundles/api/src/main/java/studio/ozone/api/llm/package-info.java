/** What words an answer: language models, and the extractive provider. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.api.llm;
