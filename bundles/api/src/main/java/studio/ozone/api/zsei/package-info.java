/** The knowledge fabric: containers, relations, sources, index, traversal. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.api.zsei;
