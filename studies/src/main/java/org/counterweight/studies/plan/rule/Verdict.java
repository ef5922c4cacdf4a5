package org.counterweight.studies.plan.rule;

/** What a rule says about a claim. */
public enum Verdict {
    HELD,
    NOT_HELD,
    /** The runs allow neither, or were too few to be the study. */
    NOT_DECIDED;

    /** {@code not held}. */
    public String words() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
