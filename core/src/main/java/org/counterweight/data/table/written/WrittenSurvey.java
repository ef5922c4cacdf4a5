package org.counterweight.data.table.written;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.counterweight.data.table.written.WrittenDate.Order;
import org.counterweight.data.table.written.WrittenNumber.Parts;
import org.jspecify.annotations.Nullable;

/**
 * How the numbers or dates of a column are written, found from all of its texts: the one way in which each can be read. Where two
 * ways are left, what else is known of the file decides, or it is said which setting does.
 */
public final class WrittenSurvey {
    private static final Pattern ONE_GROUP = Pattern.compile("[1-9][0-9]{0,2}[.,][0-9]{3}");
    private static final List<WrittenNumber> WAYS = List.of(
            new WrittenNumber('.', WrittenNumber.NONE, ""),
            new WrittenNumber(',', WrittenNumber.NONE, ""),
            new WrittenNumber('.', ',', ""),
            new WrittenNumber(',', '.', ""),
            new WrittenNumber('.', ' ', ""),
            new WrittenNumber(',', ' ', ""),
            new WrittenNumber('.', '\'', ""),
            new WrittenNumber(',', '\'', ""));

    private final List<WrittenNumber> ways = new ArrayList<>(WAYS);
    private final EnumSet<Order> orders = EnumSet.allOf(Order.class);
    private final TreeSet<String> units = new TreeSet<>();
    private long texts;
    private boolean isPlain = true;
    private boolean showsPoint;
    private @Nullable String group; // a text of which one sign may group or begin decimals: 1,234
    private String longest = ""; // of the texts that are more than digits
    private @Nullable String date;

    /**
     * What was found.
     *
     * @param kind of what
     * @param written how, where numbers are not plain; else null
     * @param remark what is worth knowing, without the column's name; empty for nothing
     */
    public record Found(Kind kind, @Nullable Written written, String remark) {}

    /** What a column holds. */
    public enum Kind {
        /** Numbers as they are usually written in the file. */
        PLAIN,
        /** Numbers or dates that are written in a way of their own. */
        WRITTEN,
        /** Numbers or dates that can be read in two ways. */
        UNCLEAR,
        /** Something else. */
        OTHER
    }

    /** Takes in a text, which stands for something: a word for nothing is not to be given. */
    public void add(String text) {
        texts++;
        if (ways.isEmpty() && orders.isEmpty()) {
            return;
        }
        if (isSimple(text)) {
            orders.clear();
            units.add("");
            return;
        }
        numbers(text);
        if (!orders.isEmpty()) {
            orders.removeIf(order -> Double.isNaN(new WrittenDate(order).read(text)));
            date = orders.isEmpty() ? null : date == null ? text.strip() : date;
        }
    }

    private void numbers(String text) {
        Parts parts = ways.isEmpty() ? null : Parts.of(text);
        if (parts == null) {
            ways.clear();
            return;
        }
        units.add(parts.unit());
        String digits = parts.digits();
        ways.removeIf(way -> Double.isNaN(way.value(parts)));
        boolean isOneGroup = ONE_GROUP.matcher(digits).matches();
        if (isOneGroup && (group == null || group.indexOf(',') < 0 && digits.indexOf(',') >= 0)) {
            group = digits;
        }
        showsPoint |= !isOneGroup && digits.indexOf('.') >= 0 && ways.stream().allMatch(way -> way.decimal() == '.');
        String plain = text.strip();
        boolean isOdd = !plain.endsWith(digits)
                || plain.length() - digits.length() > 1
                || plain.length() > digits.length() && "+-".indexOf(plain.charAt(0)) < 0
                || digits.indexOf(' ') >= 0
                || digits.indexOf('\'') >= 0;
        isPlain &= !isOdd;
        longest = plain.length() > longest.length() ? plain : longest;
    }

    /** Takes in most numbers of most tables: digits after a sign, and perhaps a point that can only stand before decimals. */
    private boolean isSimple(String text) {
        int from = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        int point = -1;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && point < 0) {
                point = i;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        if (text.length() == from || ways.isEmpty()) {
            return false;
        }
        if (point < 0) {
            return true;
        }
        int decimals = text.length() - point - 1;
        if (point == from || !showsPoint && decimals == 3 && point - from <= 3 && text.charAt(from) != '0') {
            return false;
        }
        if (!showsPoint) {
            ways.removeIf(way -> way.decimal() == ',');
            showsPoint = !ways.isEmpty();
        }
        return showsPoint;
    }

    /** Whether a number has a point before its decimals that can be nothing else: then commas in the file group. */
    public boolean showsPoint() {
        return showsPoint && !ways.isEmpty();
    }

    /**
     * How they are written.
     *
     * @param decimal the sign before decimals in this file; null where nothing shows it
     * @param dayFirst whether in dates such as 01/02/2024 the day comes first; null where nobody says
     */
    public Found found(@Nullable Character decimal, @Nullable Boolean dayFirst) {
        if (texts == 0) {
            return new Found(Kind.OTHER, null, "");
        }
        return !ways.isEmpty() ? number(decimal) : !orders.isEmpty() ? date(dayFirst) : new Found(Kind.OTHER, null, "");
    }

    private Found number(@Nullable Character decimal) {
        List<String> named = units.stream().filter(unit -> !unit.isEmpty()).toList();
        boolean isShare = named.size() == 1 && "%‰".contains(named.get(0)) && units.size() > 1;
        if (named.size() > 1 || isShare) {
            return new Found(
                    Kind.OTHER,
                    null,
                    "numbers of several units (" + String.join(", ", named) + (isShare ? ", none" : "")
                            + "), which cannot be compared; write them in one");
        }
        boolean byPoint = ways.stream().anyMatch(way -> way.decimal() == '.');
        boolean byComma = ways.stream().anyMatch(way -> way.decimal() == ',');
        String both = group;
        if (both != null && byPoint && byComma && decimal == null && both.indexOf(',') >= 0) {
            return new Found(
                    Kind.UNCLEAR,
                    null,
                    both + " may be " + both.replace(',', '.') + " or " + both.replace(",", "")
                            + " in every row; say which (data.format.decimal, --decimal)");
        }
        char sign = byPoint && byComma ? decimal == null ? '.' : decimal : byPoint ? '.' : ',';
        WrittenNumber way =
                ways.stream().filter(each -> each.decimal() == sign).findFirst().orElseThrow();
        String unit = named.isEmpty() ? "" : named.get(0);
        boolean isUsual = way.grouping() == WrittenNumber.NONE && (decimal == null ? sign == '.' : sign == decimal);
        String doubt = both != null && byPoint && byComma && sign == '.' && both.indexOf('.') >= 0
                ? both + " is read as " + both + " and not as " + both.replace(".", "")
                        + ", which data.format.decimal: \",\" would do"
                : "";
        if (isUsual && isPlain) {
            return new Found(Kind.PLAIN, null, doubt);
        }
        var written = new WrittenNumber(way.decimal(), way.grouping(), unit);
        String remark = String.format(
                Locale.ROOT,
                "%,d numbers, written %s%s",
                texts,
                longest.isEmpty() ? written.like() : "as " + longest,
                ways(written));
        return new Found(Kind.WRITTEN, written, doubt.isEmpty() ? remark : remark + "; " + doubt);
    }

    /** {@code : with thousands separators, and a unit that is left out}. */
    private static String ways(WrittenNumber written) {
        var ways = new ArrayList<String>();
        if (written.grouping() != WrittenNumber.NONE) {
            ways.add("with thousands separators");
        }
        if (written.decimal() == ',') {
            ways.add("with decimal commas");
        }
        if (!written.unit().isEmpty()) {
            ways.add("in " + written.unit());
        }
        return ways.isEmpty() ? "" : ": " + String.join(", ", ways);
    }

    private Found date(@Nullable Boolean dayFirst) {
        boolean isUnclear = orders.contains(Order.DAY_FIRST) && orders.contains(Order.MONTH_FIRST);
        if (isUnclear && dayFirst == null) {
            return new Found(
                    Kind.UNCLEAR,
                    null,
                    "dates such as " + date + " may have the day first or the month, in every row; say which"
                            + " (data.format.dates: day_first or month_first, --dates)");
        }
        Order order = isUnclear
                ? Boolean.TRUE.equals(dayFirst) ? Order.DAY_FIRST : Order.MONTH_FIRST
                : orders.iterator().next();
        boolean isTime = order == Order.TIME_OF_DAY;
        return new Found(
                Kind.WRITTEN,
                new WrittenDate(order),
                String.format(
                        Locale.ROOT,
                        "%,d %s, written as %s%s, read as %s",
                        texts,
                        isTime ? "times" : "dates",
                        date,
                        order == Order.DAY_FIRST
                                ? ", the day first"
                                : order == Order.MONTH_FIRST ? ", the month first" : "",
                        isTime ? "hours" : "days since 1970"));
    }
}
