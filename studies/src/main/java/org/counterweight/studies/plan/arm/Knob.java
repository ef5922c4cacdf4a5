package org.counterweight.studies.plan.arm;

import java.util.Locale;

/**
 * A number that a study varies, as the setting of an arm says it: {@code lr 0.003}, {@code α 0.5}.
 *
 * @param symbol what stands before the number
 */
public record Knob(String symbol) {
    public static final Knob RATE = new Knob("lr");

    /** The share of one model in a mixture of two. */
    public static final Knob SHARE = new Knob("α");

    /** The factor on a task vector. */
    public static final Knob FACTOR = new Knob("λ");

    public String at(double value) {
        return String.format(Locale.ROOT, "%s %s", symbol, value);
    }

    public Pick at(String method, double value) {
        return Pick.of(method, at(value));
    }

    /** The number that an arm's setting says. */
    public double of(Arm arm) {
        if (!arm.setting().startsWith(symbol + " ")) {
            throw new IllegalArgumentException("the setting of \"" + arm + "\" says no " + symbol);
        }
        return Double.parseDouble(arm.setting().substring(symbol.length() + 1));
    }
}
