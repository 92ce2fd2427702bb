/** Threads, progress and health: what every bundle leans on. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.api.runtime;
