/** The one registry of figures, and how a snapshot of it looks at every door. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.monitoring.metrics;
