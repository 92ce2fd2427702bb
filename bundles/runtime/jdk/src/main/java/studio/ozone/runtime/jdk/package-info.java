/**
 * What Karaf 4.4 lacks on Java 25: an answer to "who is acting", since {@code Subject.getSubject} throws there. The package is exported
 * for woven classes only; no code names it.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package studio.ozone.runtime.jdk;
