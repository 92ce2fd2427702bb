/** What can be run: ingest, prompt, text analysis. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.api.pipeline;
