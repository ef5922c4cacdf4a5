package org.counterweight.shift;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a column says about a row, beside the features. */
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

    /** The number that stands for the name of a {@link #UNIT} or a {@link #SETTING}: 62 bits of a hash (FNV-1a), finite. */
    public static double named(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L; // spreads short names over all bits
        hash ^= hash >>> 31;
        return Double.longBitsToDouble(hash & 0x3FFFFFFFFFFFFFFFL);
    }

    /** As it is written: {@code label}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
