package org.counterweight.audit.files;

/** What is said of something that was looked at. What was not examined is never clean. */
public enum Verdict {
    /** Nothing was found: not the same as that there is nothing. */
    CLEAN,
    /** It could not be looked at, or not all of it. */
    NOT_EXAMINED,
    /** Something was found. */
    FINDING;

    /** The worse of the two. */
    public Verdict and(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
