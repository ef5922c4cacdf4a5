package org.counterweight.train;

/** The settings of a weigher: each method's record implements this, and that is all a recipe needs to know of it. */
public interface WeigherConfig {
    /** A weigher with these settings, at the start of its memory if it has one. */
    Weigher create();
}
