package org.counterweight.shift;

import java.util.Locale;

/** What a column says of a row, beside the features. */
public enum Role {
    /** The class that is to be learnt; its number. */
    LABEL,
    /** The sensitive group; 1 or 0. */
    GROUP,
    /** The arm of a test: 1 for the treatment, 0 for the control. */
    ARM,
    /** How many rows this one stands for, at least 0. */
    WEIGHT,
    /** Who was assigned to an arm: a number that stands for the name. */
    UNIT,
    /** Under which settings a record came about: a number that stands for the name. */
    SETTING;

    /** As it is written: {@code label}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
