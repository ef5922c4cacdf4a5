package org.counterweight.cli.ask;

import java.io.PrintWriter;
import java.util.Locale;
import org.counterweight.jobs.evaluate.Evaluated;
import org.counterweight.jobs.findings.FigureFormat;
import org.counterweight.train.measure.uncertainty.Interval;
import org.jspecify.annotations.Nullable;

/** The figures of a model that was judged, a line each. */
record FigureLines(PrintWriter out) {
    /** @param group the column by which rows are told apart, or null */
    void print(Evaluated evaluated, @Nullable String group) {
        out.printf(
                Locale.ROOT,
                "%,d rows of %s%s%n",
                evaluated.whole().rows(),
                evaluated.input(),
                evaluated.whole().weighed());
        print(evaluated.whole(), evaluated);
        evaluated.groups().forEach(part -> {
            boolean few =
                    part.intervals().isEmpty() && !evaluated.whole().intervals().isEmpty();
            out.printf(
                    Locale.ROOT,
                    "%n%s = %s: %,d rows%s%s%n",
                    group,
                    part.name(),
                    part.rows(),
                    part.weighed(),
                    few ? ", too few to tell" : "");
            print(part, evaluated);
        });
        out.flush();
    }

    private void print(Evaluated.Part part, Evaluated evaluated) {
        part.figures().forEach((name, value) -> {
            Interval interval = part.intervals().get(name);
            Double baseline =
                    part == evaluated.whole() ? evaluated.judged().baseline().get(name) : null;
            out.printf(
                    "  %-18s %8s%s%s%n",
                    name,
                    FigureFormat.of(name, value),
                    interval == null
                            ? ""
                            : "  [" + FigureFormat.of(name, interval.low()) + ", "
                                    + FigureFormat.of(name, interval.high()) + "]",
                    baseline == null ? "" : "  the same answer to all: " + FigureFormat.of(name, baseline));
        });
    }
}
