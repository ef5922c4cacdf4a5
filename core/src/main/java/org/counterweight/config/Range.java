package org.counterweight.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that a {@link Setting#range} allows, as far as its words say: {@code at least 1}, {@code above 0}, {@code [0, 1)},
 * {@code 1 to 1024}; what follows them is for the reader.
 *
 * @param low negative infinity if there is no lower bound
 * @param high infinity if there is no upper one
 */
public record Range(double low, boolean lowAllowed, double high, boolean highAllowed) {
    private static final String NUMBER = "(-?\\d+(?:\\.\\d+)?)";
    private static final String END = "(?:[;,].*| or null)?";
    private static final Pattern FROM = Pattern.compile("(at least|above) " + NUMBER + END);
    private static final Pattern BETWEEN = Pattern.compile("([\\[(])" + NUMBER + ", " + NUMBER + "([\\])])" + END);
    private static final Pattern TO = Pattern.compile(NUMBER + " to " + NUMBER + END);

    /** The range that the words state; null if they state another condition, or none. */
    public static @Nullable Range stated(String words) {
        Matcher from = FROM.matcher(words);
        if (from.matches()) {
            return new Range(number(from, 2), group(from, 1).equals("at least"), Double.POSITIVE_INFINITY, false);
        }
        Matcher between = BETWEEN.matcher(words);
        if (between.matches()) {
            return new Range(
                    number(between, 2),
                    group(between, 1).equals("["),
                    number(between, 3),
                    group(between, 4).equals("]"));
        }
        Matcher to = TO.matcher(words);
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
}
