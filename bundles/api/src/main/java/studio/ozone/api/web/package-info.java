/** The way in over HTTP: where it listens, and who a request is from. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.api.web;
