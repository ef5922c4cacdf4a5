package org.counterweight.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the user is told about one component of a settings record. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** The default of a setting that must be given. */
    String REQUIRED = "";

    /** What it means, in one line. */
    String value();

    /** Its default as JSON ({@code 64}, {@code "bone"}, {@code []}, {@code null}); {@link #REQUIRED} if it has none. */
    String defaultsTo() default REQUIRED;

    /**
     * A value to begin with, as JSON, for what is shown to be pasted: of a setting that must be given, or one whose default
     * is not for everybody. Empty where the default will do.
     */
    String example() default "";

    /** What it was called once: files of then are read all the same. Empty where it has always had its name. */
    String formerly() default "";

    /**
     * What is allowed, in words: {@code at least 1; 8 is usual}. Where they begin as {@link Range} knows them, the constructor
     * refuses what lies outside ({@link Checks#ranges}) and JSON Schema has the bounds; that null may stand is said by the type.
     */
    String range() default "";

    /** The allowed values of a text, if they are few; JSON Schema's enum. */
    String[] oneOf() default {};
}
