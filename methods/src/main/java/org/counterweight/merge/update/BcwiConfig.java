package org.counterweight.merge.update;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.weights.Combiner;
import org.jspecify.annotations.Nullable;

/** Settings of {@link Bcwi} and of the {@link AlphaSweep} that chooses its share of the old model. */
@Example(where = "a command", value = "./cw update OLD NEW --dev dev.csv --output OUT")
public record BcwiConfig(
        @Setting(
                value = "Whether every element moves alike, or the less the more it matters to the old model",
                defaultsTo = "\"plain\"",
                oneOf = {"plain", "fisher"})
        Variant variant,

        @Setting(
                value = "Share of the OLD model; chosen on the dev set if null",
                defaultsTo = "null",
                range = "finite; 0 the new model, 1 the old one, beyond them only with allow_extrapolation")
        @Nullable
        Double alpha,

        @Setting(
                value = "Shares to try; the paper's grid if null",
                defaultsTo = "null",
                range = "finite; ascending, beyond [0, 1] only with allow_extrapolation")
        @Nullable
        List<Double> alphas,

        @Setting(
                value = "Points of dev accuracy that may be lost against the new model",
                defaultsTo = "0.0",
                range = "at least 0; points")
        double tolerance,

        @Setting(
                value = "If given: the most accurate model whose negative flip rate is at most this",
                defaultsTo = "null",
                range = "0 to 100; percent")
        @Nullable
        Double maxNfr,

        @Setting(
                value = "Classes that the old model does not know: their rows come from the new model",
                defaultsTo = "[]",
                range = "each at least 0")
        List<Integer> newLabelIds,

        @Setting(value = "The module that the rows of the classes belong to", defaultsTo = "\"classifier\"")
        String classifier,

        @Setting(value = "Allow shares outside [0, 1]", defaultsTo = "false")
        boolean allowExtrapolation)
        implements CombinerConfig {

    /** How elements are weighed. */
    public enum Variant {
        PLAIN,
        FISHER
    }

    private static final List<Double> PLAIN_GRID = List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);
    private static final List<Double> FISHER_GRID =
            List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98, 1.0);

    public BcwiConfig {
        Checks.ranges(BcwiConfig.class, "bcwi", alpha, alphas, tolerance, maxNfr, newLabelIds);
        if (alpha != null) {
            check("bcwi.alpha", alpha, allowExtrapolation);
        }
        if (alphas != null) {
            alphas = List.copyOf(alphas);
            for (double a : alphas) {
                check("bcwi.alphas", a, allowExtrapolation);
            }
            if (alphas.isEmpty()
                    || !alphas.equals(alphas.stream().sorted().distinct().toList())) {
                throw new ConfigException("bcwi.alphas", alphas, "one or more different numbers, ascending");
            }
        }
        newLabelIds = List.copyOf(newLabelIds);
    }

    private static void check(String field, double alpha, boolean allowExtrapolation) {
        if (!allowExtrapolation && !Checks.isShare(alpha)) {
            throw new ConfigException(
                    field, alpha, "a number in [0, 1]; outside it only with allow_extrapolation: true");
        }
    }

    /** The shares to try, ascending: the Fisher-weighted form needs a finer grid near 1, as most information is small. */
    public List<Double> grid() {
        return alphas != null ? alphas : variant == Variant.FISHER ? FISHER_GRID : PLAIN_GRID;
    }

    @Override
    public Combiner combiner(Collection<String> names) {
        if (alpha == null) {
            throw new ConfigException(
                    "bcwi.alpha", null, "a number in [0, 1] where files are merged without a dev set; 0.3 is a start");
        }
        if (variant == Variant.FISHER) {
            throw new ConfigException(
                    "bcwi.variant",
                    variant,
                    "plain where files are merged: Fisher information needs data and the model");
        }
        return new Bcwi(alpha, Map.of(), newLabelIds, classifier);
    }
}
