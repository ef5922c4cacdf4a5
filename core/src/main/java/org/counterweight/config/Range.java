package org.counterweight.config;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that a {@link Setting#range} allows: {@code at least 1}, {@code above 0}, {@code [0, 1)}, {@code 1 to 1024},
 * {@code finite}. Infinity lies only in {@code at least 1, infinite too}.
 *
 * @param low negative infinity if there is no lower bound
 * @param high infinity if there is no upper one
 */
public record Range(double low, boolean lowAllowed, double high, boolean highAllowed) {
    private static final Range FINITE = new Range(Double.NEGATIVE_INFINITY, false, Double.POSITIVE_INFINITY, false);
    private static final String NUMBER = "(-?\\d+(?:\\.\\d+)?)";
    private static final Pattern WORDS =
            Pattern.compile("(?:each )?([^;]*)(?:;.*)?"); // behind a semicolon: for the reader
    private static final Pattern FROM = Pattern.compile("(at least|above) " + NUMBER + "(, infinite too)?");
    private static final Pattern BETWEEN = Pattern.compile("([\\[(])" + NUMBER + ", " + NUMBER + "([\\])])");
    private static final Pattern TO = Pattern.compile(NUMBER + " to " + NUMBER);

    /** The range that the words begin with; null if they state another condition, or none. */
    public static @Nullable Range stated(String words) {
        String bounds = WORDS.matcher(words).replaceFirst("$1");
        if (bounds.equals("finite")) {
            return FINITE;
        }
        Matcher from = FROM.matcher(bounds);
        if (from.matches()) {
            return new Range(
                    number(from, 2),
                    group(from, 1).equals("at least"),
                    Double.POSITIVE_INFINITY,
                    from.group(3) != null);
        }
        Matcher between = BETWEEN.matcher(bounds);
        if (between.matches()) {
            return new Range(
                    number(between, 2),
                    group(between, 1).equals("["),
                    number(between, 3),
                    group(between, 4).equals("]"));
        }
        Matcher to = TO.matcher(bounds);
        return to.matches() ? new Range(number(to, 1), true, number(to, 2), true) : null;
    }

    private static String group(Matcher matcher, int group) {
        return String.valueOf(matcher.group(group));
    }

    private static double number(Matcher matcher, int group) {
        return Double.parseDouble(group(matcher, group));
    }

    /** Whether a number lies in it; NaN does not. */
    public boolean holds(double value) {
        boolean above = lowAllowed ? value >= low : value > low;
        boolean below = highAllowed ? value <= high : value < high;
        return above && below;
    }

    /** A noun phrase: {@code an integer of at least 1}, {@code a number in [0, 1)}. */
    String phrase(boolean isWhole) {
        if (Double.isInfinite(low)) {
            return "a finite number";
        }
        String noun = isWhole ? "an integer" : "a number";
        if (Double.isInfinite(high)) {
            return noun
                    + (lowAllowed ? " of at least " : " above ")
                    + plain(low)
                    + (highAllowed ? ", infinite too" : "");
        }
        return isWhole && lowAllowed && highAllowed
                ? noun + " from " + plain(low) + " to " + plain(high)
                : noun + " in " + (lowAllowed ? "[" : "(") + plain(low) + ", " + plain(high)
                        + (highAllowed ? "]" : ")");
    }

    private static String plain(double end) {
        return new BigDecimal(String.valueOf(end)).stripTrailingZeros().toPlainString();
    }
}
