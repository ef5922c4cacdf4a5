package org.counterweight.merge.method;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Settings whose parameters in mergekit's grammar are others than their own components. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface InGrammar {
    /** The settings that the grammar's parameters make. */
    Class<? extends MergeConfig> value();

    /** Parameters that are read before the first tensor is merged. */
    String[] before() default {};
}
