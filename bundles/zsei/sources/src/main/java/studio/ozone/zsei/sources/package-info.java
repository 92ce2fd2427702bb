/** How a further kind of file is made readable: an {@link studio.ozone.zsei.sources.Extractor} that turns it into text. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.zsei.sources;
