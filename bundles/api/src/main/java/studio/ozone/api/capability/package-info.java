/** What can be switched while it runs, by which key, and what it costs. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.api.capability;
