package org.counterweight.merge.method;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which models a merge method takes; on a {@link MergeConfig}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Takes {
    /** Whether one of the models is the base, which in memory comes first. */
    Base base() default Base.NONE;

    /** How many models it takes at least, beside the base. */
    int least() default 1;

    /** How many at most. */
    int most() default Integer.MAX_VALUE;

    /**
     * Whether it adds differences to the base: other models are rounded to its type, and one whose tensor has another shape can
     * be left out.
     */
    boolean differences() default false;

    /** The part of a base. */
    enum Base {
        /** All models are alike. */
        NONE,
        /** There may be one. */
        OPTIONAL,
        /** There must be one. */
        REQUIRED
    }
}
