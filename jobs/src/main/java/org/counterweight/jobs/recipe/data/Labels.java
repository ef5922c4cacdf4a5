package org.counterweight.jobs.recipe.data;

/** What the values of the label column are taken for. */
public enum Labels {
    /** Classes, unless they look like scores or lists, which are refused. */
    AUTO,
    /** Classes, whatever they look like. */
    CLASSES
}
