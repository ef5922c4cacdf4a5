package org.counterweight.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Plain text for terminals: lines of a given width, sizes and times that a person reads at a glance. */
public final class Text {
    /** What a terminal has by convention, less a margin. */
    public static final int WIDTH = 96;

    private Text() {}

    /** {@code text} in lines of at most {@code width} characters, broken at blanks; a longer word stands alone. */
    public static List<String> wrap(String text, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** {@code text} wrapped, with {@code label} before its first line and blanks before the others. */
    public static String hanging(String label, String text) {
        String blank = " ".repeat(label.length());
        return label + String.join(System.lineSeparator() + blank, wrap(text, WIDTH - label.length()));
    }

    /** A number of any size in four digits, {@code 27,370} and not {@code 2.737e+04}; more where it is whole. */
    public static String figure(double value) {
        boolean isLarge = Math.abs(value) >= 9999.5 && Math.abs(value) < 1e15;
        return String.format(Locale.ROOT, isLarge ? "%,.0f" : "%.4g", value);
    }

    /** {@code 1.7 GB}, in powers of ten. */
    public static String bytes(long count) {
        if (count < 1000) {
            return count + " B";
        }
        double value = count;
        int unit = -1;
        while (value >= 999.5 && unit < 4) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f %sB" : "%.0f %sB", value, "kMGTP".charAt(unit));
    }

    /** {@code 8 s}, {@code 2 min 05 s}, {@code 1 h 20 min}. */
    public static String duration(double seconds) {
        if (seconds < 9.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
}
