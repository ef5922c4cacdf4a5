package org.counterweight.jobs.evaluate;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.report.Text;
import org.counterweight.train.measure.uncertainty.Calibration;
import tools.jackson.databind.node.ObjectNode;

/** What a report shows of rows that were judged: whether probabilities can be trusted, and the worst mistakes. */
public final class JudgedPictures {
    private static final int WORST = 20;
    private static final int MOST_LETTERS = 300;

    private JudgedPictures() {}

    /** How often answers are right, by their probability; nothing where no probability of one answer is told. */
    public static List<Chart> calibration(Judged judged) {
        Calibration calibration = judged.calibration();
        if (calibration == null) {
            return List.of();
        }
        List<Calibration.Bin> bins =
                calibration.bins().stream().filter(bin -> bin.rows() > 0).toList();
        return List.of(Chart.ofFigures(
                "How often answers of a probability are right",
                String.format(
                        Locale.ROOT,
                        "Below the straight line the model is too sure of itself, above it not sure enough; the"
                                + " expected calibration error is %.3f.",
                        calibration.expectedError()),
                "probability of the answer",
                List.of(
                        new Chart.Series(
                                "share that is right",
                                bins.stream()
                                        .mapToDouble(
                                                bin -> Math.min(1, bin.confidence())) // float32 may say a little more
                                        .toArray(),
                                bins.stream()
                                        .mapToDouble(Calibration.Bin::accuracy)
                                        .toArray(),
                                Chart.Form.POINTS),
                        new Chart.Series(
                                "as it should be", new double[] {0, 1}, new double[] {0, 1}, Chart.Form.DASHED)),
                List.of()));
    }

    /** The numbers of the rows that cost most, the worst first: each once, whatever its weight, unless that is 0. */
    static List<Integer> worst(Judged judged, int most) {
        double[] weights = judged.weights();
        return IntStream.range(0, judged.rows())
                .filter(row -> weights[row] > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> -judged.loss(row)))
                .limit(most)
                .toList();
    }

    /**
     * The rows that cost most.
     *
     * @param lines what each row was asked with
     */
    public static Page.Sheet mistakes(Judged judged, List<ObjectNode> lines) {
        List<List<String>> rows = worst(judged, WORST).stream()
                .map(row -> List.of(
                        asked(lines.get(row)),
                        judged.truth(row),
                        judged.told(row),
                        Math.abs(judged.loss(row)) < 1000
                                ? String.format(Locale.ROOT, "%.3f", judged.loss(row))
                                : Text.figure(judged.loss(row))))
                .toList();
        return new Page.Sheet(
                "Where it errs most",
                "The rows that cost most, the worst first: where the model seems right, the file may be wrong.",
                List.of("row", "truth", "predicted", "loss"),
                rows,
                -1);
    }

    private static String asked(ObjectNode line) {
        String shown = Stream.of("text", "image", "id", "row")
                .map(key -> line.path(key).asString(""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("");
        String pair = line.path("pair").asString("");
        shown = pair.isEmpty() ? shown : shown + " | " + pair;
        return shown.length() <= MOST_LETTERS ? shown : shown.substring(0, MOST_LETTERS) + " …";
    }
}
