/** JSON for every door: the same records have the same shape in the shell, on the socket and over HTTP. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.runtime.json;
