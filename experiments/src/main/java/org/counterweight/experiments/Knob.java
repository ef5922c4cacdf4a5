package org.counterweight.experiments;

import java.util.Locale;

/**
 * A number that a study varies, as the setting of an arm says it: {@code lr 0.003}, {@code α 0.5}.
 *
 * @param symbol what stands before the number
 */
record Knob(String symbol) {
    static final Knob RATE = new Knob("lr");

    /** The share of one model in a mixture of two. */
    static final Knob SHARE = new Knob("α");

    /** The factor on a task vector. */
    static final Knob FACTOR = new Knob("λ");

    String at(double value) {
        return String.format(Locale.ROOT, "%s %s", symbol, value);
    }

    Pick at(String method, double value) {
        return Pick.of(method, at(value));
    }

    /** The number that an arm's setting says. */
    double of(Arm arm) {
        if (!arm.setting().startsWith(symbol + " ")) {
            throw new IllegalArgumentException("the setting of \"" + arm + "\" says no " + symbol);
        }
        return Double.parseDouble(arm.setting().substring(symbol.length() + 1));
    }
}
