package org.counterweight.balance.run;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as they are to be read. */
final class Text {
    private Text() {}

    /** At most four digits, without zeros at the end. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "undefined";
        }
        String text = String.format(Locale.ROOT, Math.abs(value) < 1000 ? "%.3f" : "%.0f", value);
        return text.contains(".") ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "") : text;
    }

    /** As many decimals in each line: for a column whose lines are compared. */
    static String aligned(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** {@code 81.2}, of a share; a dash where there is none. */
    static String percent(@Nullable Double share) {
        return share == null || share.isNaN() ? "–" : String.format(Locale.ROOT, "%.1f", 100 * share);
    }
}
