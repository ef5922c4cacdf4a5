package org.counterweight.studies.plan.arm;

import org.jspecify.annotations.Nullable;

/**
 * Which arm of a method is meant: that of a setting, or the best one by the plan's {@link Tuning}, which is known only after
 * the run.
 *
 * @param setting null for the tuned one
 */
public record Pick(String method, @Nullable String setting) {
    public static Pick of(String method, String setting) {
        return new Pick(method, setting);
    }

    /** The only arm of a method that has no settings. */
    public static Pick of(String method) {
        return new Pick(method, "");
    }

    /** The setting with the best mean validation figure. */
    public static Pick tuned(String method) {
        return new Pick(method, null);
    }

    /** The arm, where it is known before the run. */
    public Arm arm() {
        if (setting == null) {
            throw new IllegalArgumentException(this + ": which setting that is, is known only after the run");
        }
        return new Arm(method, setting);
    }

    @Override
    public String toString() {
        return setting == null ? method + " (tuned)" : new Arm(method, setting).toString();
    }
}
