package studio.ozone.api.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import aQute.bnd.annotation.xml.XMLAttribute;

/**
 * On an {@code @ObjectClassDefinition}: its table has keys of any name, all of them texts. For tables whose keys are
 * names of something else, such as {@code [logging.components]}.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@XMLAttribute(namespace = Facts.NAMESPACE, prefix = Facts.PREFIX)
public @interface AnyKey {

    /** The texts that are allowed; none for any. */
    String[] values() default {};

    /** For whom the keys of the table are, and what they cost. */
    String advice() default "";
}
