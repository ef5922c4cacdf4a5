package org.counterweight.jobs.evaluate;

import java.util.Comparator;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;

/**
 * What a threshold is chosen for: the best F1, or the most of one of precision and recall where the other is at least so much.
 *
 * @param kind what is asked for
 * @param least of precision or recall, in (0, 1]
 */
public record ThresholdRule(Kind kind, double least) {
    /** What is asked for. */
    public enum Kind {
        F1,
        PRECISION,
        RECALL
    }

    /**
     * A threshold of one class, and what it does on the rows that it was chosen on.
     *
     * @param value between the probabilities of the last row that is told and the first that is not
     */
    public record Chosen(double value, double precision, double recall) {
        double f1() {
            return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
        }
    }

    /**
     * Reads {@code f1}, {@code precision=0.9} or {@code recall=0.95}.
     *
     * @throws ConfigException if it is something else
     */
    public static ThresholdRule of(String words) {
        String[] parts = words.split("=", 2);
        try {
            Kind kind = Kind.valueOf(parts[0].strip().toUpperCase(Locale.ROOT));
            double least = kind == Kind.F1 ? 0 : Double.parseDouble(parts.length == 2 ? parts[1].strip() : "");
            if (kind == Kind.F1 ? parts.length == 1 : least > 0 && least <= 1) {
                return new ThresholdRule(kind, least);
            }
        } catch (IllegalArgumentException e) { // no such kind, or no number: said below
            throw refused(words);
        }
        throw refused(words);
    }

    private static ConfigException refused(String words) {
        return new ConfigException("--threshold", words, "f1, precision=P or recall=R with a share in (0, 1]");
    }

    /** As it was asked for. */
    String words() {
        return kind == Kind.F1 ? "f1" : kind.name().toLowerCase(Locale.ROOT) + "=" + least;
    }

    /**
     * Chooses for one class.
     *
     * @param name of the class, for messages
     * @param shares its probability in each row
     * @param is whether each row has it
     * @param weights how many rows each stands for
     * @throws DataException if no row has it, all have it, or no threshold does what is asked for
     */
    Chosen choose(String name, double[] shares, boolean[] is, double[] weights) {
        Integer[] order = IntStream.range(0, shares.length)
                .filter(row -> weights[row] > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> -shares[row]))
                .toArray(Integer[]::new);
        double all = sum(weights, row -> is[row]);
        double none = sum(weights, row -> !is[row]);
        if (all == 0 || none == 0) {
            throw new DataException("--threshold: " + (all == 0 ? "no row is " : "all rows are ") + name
                    + ", so that no threshold can be chosen; give rows of both kinds");
        }
        Chosen best = null;
        double closest = 0;
        double hits = 0;
        double rows = 0;
        for (int told = 1; told <= order.length; told++) {
            int row = order[told - 1];
            hits += is[row] ? weights[row] : 0;
            rows += weights[row];
            double last = shares[row];
            double next = told < order.length ? shares[order[told]] : 0;
            if (last == next) {
                continue; // rows of one probability are told together
            }
            var chosen = new Chosen(
                    Math.min(Math.nextDown(1.0), Math.max(Double.MIN_NORMAL, (last + next) / 2)),
                    hits / rows,
                    hits / all);
            closest = Math.max(closest, kind == Kind.RECALL ? chosen.recall() : chosen.precision());
            if (fits(chosen) && (best == null || worth(chosen) > worth(best))) {
                best = chosen;
            }
        }
        if (best == null) {
            throw new DataException(String.format(
                    Locale.ROOT,
                    "--threshold: no threshold of %s has a %s of %s on these rows; the most is %.4f",
                    name,
                    kind.name().toLowerCase(Locale.ROOT),
                    least,
                    closest));
        }
        return best;
    }

    private boolean fits(Chosen chosen) {
        return switch (kind) {
            case F1 -> true;
            case PRECISION -> chosen.precision() >= least;
            case RECALL -> chosen.recall() >= least;
        };
    }

    private double worth(Chosen chosen) {
        return switch (kind) {
            case F1 -> chosen.f1();
            case PRECISION -> chosen.recall();
            case RECALL -> chosen.precision();
        };
    }

    /** What a class's threshold does where it is a half. */
    static Chosen atHalf(double[] shares, boolean[] is, double[] weights) {
        double told = sum(weights, row -> shares[row] >= 0.5);
        double hits = sum(weights, row -> is[row] && shares[row] >= 0.5);
        double all = sum(weights, row -> is[row]);
        return new Chosen(0.5, told == 0 ? 0 : hits / told, all == 0 ? 0 : hits / all);
    }

    private static double sum(double[] weights, IntPredicate rows) {
        return IntStream.range(0, weights.length)
                .filter(rows)
                .mapToDouble(row -> weights[row])
                .sum();
    }
}
