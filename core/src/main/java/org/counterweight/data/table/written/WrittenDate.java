package org.counterweight.data.table.written;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Dates, with a time or without, as days since 1970-01-01, and times of a day as hours. A time with a zone is taken to UTC, and
 * one without is taken as it stands.
 *
 * @param order what stands where
 */
public record WrittenDate(Order order) implements Written {
    static final String KEY = "dates";

    private static final double SECONDS = 86_400;
    private static final int LONGEST = 40; // letters of a date
    private static final String TIME =
            "(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2}(?:[.,]\\d+)?))?(?: ?(?<half>[AaPp])\\.?[Mm]\\.?)?";
    private static final String REST = "(?:(?:[Tt]| +|, +)" + TIME + " ?(?<zone>Z|UTC|GMT|[-+]\\d{2}(?::?\\d{2})?)?)?";
    private static final String MONTH = "(?<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:[a-z]*)\\.?";
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> FULL_MONTHS = List.of(
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december");

    /** What stands first, or what alone stands there. */
    public enum Order {
        /** {@code 2024-01-31}, with {@code -}, {@code /} or {@code .}, which nobody writes otherwise. */
        YEAR_FIRST("as 2024-01-31", "(?<year>\\d{4})(?<by>[-/.])(?<month>\\d{1,2})\\k<by>(?<day>\\d{1,2})" + REST),
        /** {@code 31/01/2024}; with points, {@code 31.01.2024}, the month never comes first. */
        DAY_FIRST("as 31/01/2024", "(?<day>\\d{1,2})(?<by>[-/.])(?<month>\\d{1,2})\\k<by>(?<year>\\d{4})" + REST),
        /** {@code 01/31/2024}. */
        MONTH_FIRST("as 01/31/2024", "(?<month>\\d{1,2})(?<by>[-/])(?<day>\\d{1,2})\\k<by>(?<year>\\d{4})" + REST),
        /** {@code Jan 31, 2024}, {@code 31 January 2024}: English names, or their first three letters. */
        MONTH_NAMED(
                "as Jan 31, 2024",
                "(?i)(?:" + MONTH + " +(?<day>\\d{1,2})(?:st|nd|rd|th)?|(?<day2>\\d{1,2})(?:st|nd|rd|th)?[ -]"
                        + MONTH.replace("<name>", "<name2>") + ")[, -]+(?<year>\\d{4})" + REST),
        /** {@code 12:30}. */
        TIME_OF_DAY("as 12:30", TIME);

        private final String like;
        private final Pattern pattern;

        Order(String like, String pattern) {
            this.like = like;
            this.pattern = Pattern.compile(pattern);
        }
    }

    @Override
    public double read(String text) {
        if (text.length() > LONGEST) {
            return Double.NaN;
        }
        Matcher match = order.pattern.matcher(text.strip());
        if (!match.matches()) {
            return Double.NaN;
        }
        double hours = hours(match);
        if (order == Order.TIME_OF_DAY) {
            return hours;
        }
        try {
            return LocalDate.of(Integer.parseInt(match.group("year")), month(match), day(match))
                            .toEpochDay()
                    + hours * 3600 / SECONDS;
        } catch (DateTimeException e) {
            return Double.NaN; // a month 13, or February 30: no date in this order
        }
    }

    private int month(Matcher match) {
        if (order != Order.MONTH_NAMED) {
            return Integer.parseInt(match.group("month"));
        }
        String first = match.group("name") != null ? match.group("name") : match.group("name2");
        String all = match.group().toLowerCase(Locale.ROOT);
        int month = MONTHS.indexOf(first.toLowerCase(Locale.ROOT));
        String word = Arrays.stream(all.split("[^a-z]+"))
                .filter(each -> each.startsWith(MONTHS.get(month)))
                .findFirst()
                .orElse("");
        boolean isKnown = word.length() == 3
                || word.equals("sept")
                || FULL_MONTHS.get(month).equals(word);
        return isKnown ? month + 1 : 0; // of "Marble 5, 2024" LocalDate makes none
    }

    private int day(Matcher match) {
        String day = match.group("day");
        return Integer.parseInt(day != null ? day : match.group("day2"));
    }

    /** Hours since midnight, in UTC where a zone is named; NaN if there is no such time. */
    private double hours(Matcher match) {
        if (match.group("hour") == null) {
            return 0;
        }
        int hour = Integer.parseInt(match.group("hour"));
        int minute = Integer.parseInt(match.group("minute"));
        String written = match.group("second");
        double second = written == null ? 0 : Double.parseDouble(written.replace(',', '.'));
        String half = match.group("half");
        if (half != null && (hour < 1 || hour > 12) || hour > 23 || minute > 59 || second >= 61) {
            return Double.NaN;
        }
        if (half != null) {
            hour = hour % 12 + (half.equalsIgnoreCase("p") ? 12 : 0);
        }
        return hour + minute / 60.0 + second / 3600 - (order == Order.TIME_OF_DAY ? 0 : offset(match.group("zone")));
    }

    /** How many hours a zone is ahead of UTC. */
    private static double offset(@Nullable String zone) {
        if (zone == null || Character.isLetter(zone.charAt(0))) {
            return 0;
        }
        String digits = zone.substring(1).replace(":", "");
        double hours = Integer.parseInt(digits.substring(0, 2))
                + (digits.length() > 2 ? Integer.parseInt(digits.substring(2)) / 60.0 : 0);
        return zone.charAt(0) == '-' ? -hours : hours;
    }

    @Override
    public String like() {
        return order.like;
    }

    @Override
    public ObjectNode json() {
        return Configs.JSON.createObjectNode().put(KEY, order.name().toLowerCase(Locale.ROOT));
    }

    static WrittenDate of(JsonNode json) {
        String name = json.path(KEY).asString("").toUpperCase(Locale.ROOT);
        return Arrays.stream(Order.values())
                .filter(order -> order.name().equals(name))
                .findFirst()
                .map(WrittenDate::new)
                .orElseThrow(() -> new ConfigException(
                        json + " does not say how dates are written; copy the file from where the model was trained"));
    }
}
