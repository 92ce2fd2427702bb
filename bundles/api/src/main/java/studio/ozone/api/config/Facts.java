package studio.ozone.api.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import aQute.bnd.annotation.xml.XMLAttribute;

/**
 * What is known about a configuration key beyond what {@code @AttributeDefinition} can say. It stands beside that one, on the method
 * of a component's {@code @interface Config}; the build writes it into the bundle's metatype, where the configuration reads it
 * whether the bundle runs or not.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@XMLAttribute(namespace = Facts.NAMESPACE, prefix = Facts.PREFIX)
public @interface Facts {

    /** XML namespace of the attributes in the metatype. */
    String NAMESPACE = "https://ozone.studio/metatype/v1";
    String PREFIX = "ozone";

    /** The {@link #unit()} of a text that names a time zone: one that does not exist is refused. */
    String TIME_ZONE = "time zone";

    /** What a number counts: {@code ms}, {@code MiB}, {@code tokens}; or {@link #TIME_ZONE}; empty where nothing. */
    String unit() default "";

    /** When a new value is in force. */
    Settings.Applies applies() default Settings.Applies.LIVE;

    /** For whom another value than the default is right, and what it costs; empty where there is nothing to say. */
    String advice() default "";

    /** Whether the value is never shown, exported or recorded. */
    boolean secret() default false;
}
