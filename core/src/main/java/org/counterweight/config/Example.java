package org.counterweight.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How a method is used that is no section of a recipe by its settings alone: a text to paste, as it stands but for the words
 * in capitals, which are directories of models.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Example.All.class)
public @interface Example {
    /** Where it is pasted, in words: {@code in a file for cw merge FILE OUT}. */
    String where();

    /** The text. */
    String value();

    /** The examples of one method, in the order in which they are shown. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface All {
        Example[] value();
    }
}
