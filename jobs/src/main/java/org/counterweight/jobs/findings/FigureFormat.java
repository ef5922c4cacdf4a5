package org.counterweight.jobs.findings;

import java.util.Locale;
import java.util.Map;
import org.counterweight.report.Text;

/** Figures of evaluations as they are shown. */
public final class FigureFormat {
    private static final Map<String, String> TITLES = Map.of(
            "macro_f1", "Macro-F1",
            "micro_f1", "Micro-F1",
            "entity_f1", "Entity F1",
            "rmse", "RMSE",
            "mae", "Mean absolute error");

    private FigureFormat() {}

    /** The value: shares as percent, others with as many digits as tell. */
    public static String of(String figure, double value) {
        if (figure.equals("rmse") || figure.equals("mae")) { // in the units of the data
            return Text.figure(value);
        }
        String format = switch (figure) {
            case "accuracy", "exact_match", "word_accuracy" -> "%.1f %%";
            case "perplexity" -> "%.2f";
            default -> "%.3f";
        };
        boolean isShare = format.endsWith("%%");
        return String.format(Locale.ROOT, format, isShare ? 100 * value : value);
    }

    /** The name in words: {@code Balanced accuracy}. */
    public static String title(String figure) {
        return TITLES.getOrDefault(
                figure,
                Character.toUpperCase(figure.charAt(0)) + figure.substring(1).replace('_', ' '));
    }

    /** The name within a sentence: {@code balanced accuracy}, {@code macro-F1}, {@code RMSE}. */
    public static String words(String figure) {
        String title = title(figure);
        return title.equals(title.toUpperCase(Locale.ROOT))
                ? title
                : Character.toLowerCase(title.charAt(0)) + title.substring(1);
    }
}
