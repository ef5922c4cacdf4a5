package org.counterweight.data.table.written;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Numbers with signs of grouping or a unit: {@code 1,234.50}, {@code 1.234,50}, {@code $5}, {@code 5 %}, {@code (123)} for −123.
 * The unit says nothing of the number: 5 % is 5.
 *
 * @param decimal what stands before the decimals, {@code .} or {@code ,}
 * @param grouping what may stand between groups of three digits; {@value #NONE} for nothing
 * @param unit of money, which may be left out, or {@code %} and the like, which may not; empty for none
 */
public record WrittenNumber(char decimal, char grouping, String unit) implements Written {
    /** No grouping. */
    static final char NONE = '\0';

    private static final String DECIMAL = "decimal";
    private static final String GROUPING = "grouping";
    private static final String UNIT = "unit";
    private static final int LONGEST = 40; // letters of a number

    private static final String MONEY =
            "[A-Z]{0,2}\\p{Sc}|USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF"
                    + "|BRL|MXN|KRW|ZAR|RUB|TRY|kr|zł|Kč|Fr\\.";
    private static final Pattern NUMBER = Pattern.compile("(?<open>\\()? ?(?<sign>[-+−])? ?(?<before>" + MONEY
            + ")? ?(?<inner>[-+−])? ?(?<digits>[0-9.,' ]*[0-9][.,]?(?:[eE][-+]?[0-9]+)?) ?(?<after>[%‰]|" + MONEY
            + ")? ?(?<close>\\))?");
    private static final Pattern SHARE = Pattern.compile("[%‰]");
    private static final Pattern GROUP = Pattern.compile("[0-9]{3}");
    private static final Pattern FIRST_GROUP = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern FRACTION = Pattern.compile("[0-9]*(?:[eE][-+]?[0-9]+)?");

    /**
     * A text cut into its parts.
     *
     * @param digits with whatever separates them
     */
    record Parts(boolean negative, String unit, String digits) {
        /** Null if the text is no number, whatever separates its digits. */
        static @Nullable Parts of(String text) {
            if (text.length() > LONGEST) {
                return null;
            }
            String plain = text.replace('\u00A0', ' ')
                    .replace('\u202F', ' ')
                    .replace('\u2009', ' ')
                    .replace('’', '\'')
                    .strip();
            Matcher match = NUMBER.matcher(plain);
            if (!match.matches() || (match.group("open") == null) != (match.group("close") == null)) {
                return null;
            }
            String sign = match.group("sign");
            String inner = match.group("inner");
            boolean inBrackets = match.group("open") != null;
            String before = match.group("before");
            String after = match.group("after");
            if (before != null && after != null || sign != null && inner != null || inBrackets && sign != null) {
                return null;
            }
            boolean negative = inBrackets || isMinus(sign) || isMinus(inner);
            return new Parts(negative, before != null ? before : after != null ? after : "", match.group("digits"));
        }

        private static boolean isMinus(@Nullable String sign) {
            return sign != null && !sign.equals("+");
        }
    }

    @Override
    public double read(String text) {
        Parts parts = Parts.of(text);
        boolean isUnit = parts != null
                && (parts.unit().equals(unit)
                        || parts.unit().isEmpty() && !SHARE.matcher(unit).matches());
        return parts != null && isUnit ? value(parts) : Double.NaN;
    }

    /** The number; NaN if its digits are separated otherwise. */
    double value(Parts parts) {
        String digits = parts.digits();
        int point = digits.lastIndexOf(decimal);
        int exponent = Math.max(digits.indexOf('e'), digits.indexOf('E'));
        int end = point >= 0 ? point : exponent >= 0 ? exponent : digits.length();
        String whole = whole(digits.substring(0, end));
        String rest = digits.substring(point >= 0 ? point + 1 : end);
        boolean isEmpty = digits.substring(0, end).isEmpty() && (rest.isEmpty() || !Character.isDigit(rest.charAt(0)));
        if (whole == null || isEmpty || !FRACTION.matcher(rest).matches()) {
            return Double.NaN;
        }
        double value = Double.parseDouble(whole + (point >= 0 ? "." : "") + rest);
        return parts.negative() ? -value : value;
    }

    /** The digits before the decimals, without what groups them; null if they are grouped otherwise. */
    private @Nullable String whole(String digits) {
        if (digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return digits.isEmpty() ? "0" : digits;
        }
        List<String> groups = new ArrayList<>(List.of(digits.split(Pattern.quote(String.valueOf(grouping)), -1)));
        boolean isGrouped = grouping != NONE
                && FIRST_GROUP.matcher(groups.get(0)).matches()
                && groups.stream()
                        .skip(1)
                        .allMatch(group -> GROUP.matcher(group).matches());
        return isGrouped ? String.join("", groups) : null;
    }

    @Override
    public String like() {
        String digits = grouping == NONE ? "1234" + decimal + "5" : "1" + grouping + "234" + decimal + "5";
        if (unit.isEmpty()) {
            return "as " + digits;
        }
        return "as " + (SHARE.matcher(unit).matches() ? digits + " " + unit : unit + digits);
    }

    @Override
    public ObjectNode json() {
        return Configs.JSON
                .createObjectNode()
                .put(DECIMAL, String.valueOf(decimal))
                .put(GROUPING, grouping == NONE ? "" : String.valueOf(grouping))
                .put(UNIT, unit);
    }

    static WrittenNumber of(JsonNode json) {
        String decimal = json.path(DECIMAL).asString("");
        String grouping = json.path(GROUPING).asString("");
        if (!decimal.equals(".") && !decimal.equals(",") || grouping.length() > 1) {
            throw new ConfigException(json
                    + " does not say how numbers are written; copy the file from where the model was" + " trained");
        }
        return new WrittenNumber(
                decimal.charAt(0),
                grouping.isEmpty() ? NONE : grouping.charAt(0),
                json.path(UNIT).asString(""));
    }
}
