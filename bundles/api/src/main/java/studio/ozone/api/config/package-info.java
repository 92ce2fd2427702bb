/** One configuration, whichever way it was written. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.api.config;
