package studio.ozone.api.capability;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.osgi.annotation.bundle.Capability;

/**
 * Declares that this bundle is switched by a boolean configuration key. Placed on a {@code package-info} or on the main
 * component, it becomes {@code Provide-Capability: ozone.toggle;pid=…;key=…;default=…} in the manifest, which is
 * all that the switch reads; a bundle that is not built here may write the header by hand. (The default is a text, since OSGi
 * knows no boolean attributes: a framework refuses a bundle with {@code default:Boolean}.)
 *
 * <p>A bundle with several toggles runs only while all of them are {@code true}: its own key, and the master key of its
 * folder.
 */
@Target({ElementType.TYPE, ElementType.PACKAGE})
@Retention(RetentionPolicy.CLASS)
@Capability(namespace = Toggle.NAMESPACE, attribute = {"pid=${#pid}", "key=${#key}", "default=${#byDefault}"})
public @interface Toggle {

    /** The namespace of the manifest capability. */
    String NAMESPACE = "ozone.toggle";

    /** The Config Admin PID that holds the key, for instance {@code ozone.pipeline.built_in}. */
    String pid();

    /** The key within the PID, spelt as in TOML, for instance {@code voice_enabled}. */
    String key();

    /** What holds while nobody has set the key. */
    String byDefault() default "true";
}
