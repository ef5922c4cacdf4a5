package org.counterweight.merge.update;

import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;

/**
 * The trade-off between accuracy and negative flips, measured on a dev set, one interpolated model at a time, and the point
 * on it that is chosen.
 *
 * @param rows one a share of the old model, ascending
 * @param choice by the rule of {@link AlphaChoice}
 * @param barrier accuracy half-way between the models, against both ends
 * @param warnings what the figures do not support
 */
public record AlphaSweep(List<Row> rows, AlphaChoice choice, Barrier barrier, List<String> warnings) {
    private static final int RESAMPLES = 1000;
    private static final double HALF = 0.5;

    public AlphaSweep {
        rows = List.copyOf(rows);
        warnings = List.copyOf(warnings);
    }

    /**
     * One interpolated model.
     *
     * @param distance ‖θ − θ_old‖
     * @param accuracy where its accuracy lies, in percent
     * @param nfr where its negative flip rate lies, in percent
     * @param saved where its flip rate lies below the new model's, in points
     */
    public record Row(
            double alpha, Flips flips, double distance, MeanInterval accuracy, MeanInterval nfr, MeanInterval saved) {}

    /**
     * Measures the grid, and the new model itself if it is not in it.
     *
     * @param predict the classes {@code int64 [M]} that a model gives the dev set
     * @param old the old model's stored predictions, {@code int64 [M]}
     * @param seed of the bootstrap
     */
    public static AlphaSweep run(
            BcwiConfig config,
            Bcwi bcwi,
            Map<String, Tensor> oldWeights,
            List<? extends Map<String, Tensor>> newWeights,
            Function<Map<String, Tensor>, Tensor> predict,
            Tensor old,
            Tensor labels,
            Seed seed) {
        var models = new Models(bcwi, oldWeights, newWeights, predict);
        var dev = new DevSet(old, labels, seed);
        var warnings = new ArrayList<String>();
        List<String> unweighted = bcwi.unweighted(oldWeights);
        if (!unweighted.isEmpty()) {
            warnings.add("no Fisher information of " + unweighted.get(0)
                    + (unweighted.size() > 1 ? " and " + (unweighted.size() - 1) + " more" : "") + ": it counts 1");
        }
        try (var scope = Scope.open()) {
            Tensor updated = models.predicted(bcwi, 0);
            Flips update = dev.flips(updated);
            var barrier = new Barrier(
                    update.accOld(),
                    update.accNew(),
                    dev.flips(models.predicted(halfway(bcwi), HALF)).accNew());
            barrier.warning().ifPresent(warnings::add);
            Tensor flipped = Flips.negative(old, updated, labels);
            var rows = new ArrayList<Row>();
            for (double alpha : config.grid()) {
                rows.add(row(models, alpha, dev, flipped));
            }
            AlphaChoice choice = AlphaChoice.of(
                    rows.stream().mapToDouble(Row::alpha).toArray(),
                    rows.stream().mapToDouble(r -> r.flips().accNew()).toArray(),
                    rows.stream().mapToDouble(r -> r.flips().nfr()).toArray(),
                    update.accNew(),
                    config.tolerance(),
                    config.maxNfr());
            if (!old.eq(labels).any().item_bool()) {
                warnings.add("the old model has no instance of the dev set right: nothing can flip");
            }
            MeanInterval saved = rows.get(choice.index()).saved();
            if (choice.alpha() != 0 && saved.contains(0)) {
                warnings.add(perhapsChance(labels.numel(), choice.alpha(), saved));
            }
            return new AlphaSweep(rows, choice, barrier, warnings);
        }
    }

    private static String perhapsChance(long instances, double alpha, MeanInterval saved) {
        return String.format(
                Locale.ROOT,
                "on %d dev instances the flips saved at alpha %.2f (%.2f points) may be chance: 95 %% interval"
                        + " [%.2f, %.2f]",
                instances,
                alpha,
                (saved.low() + saved.high()) / 2,
                saved.low(),
                saved.high());
    }

    /** The plain form: with Fisher information, half of the old model's share is not half of the way. */
    private static Bcwi halfway(Bcwi bcwi) {
        return new Bcwi(HALF, Map.of(), bcwi.newLabelIds(), bcwi.classifier());
    }

    private static Row row(Models models, double alpha, DevSet dev, Tensor flippedByNew) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> weights = models.merged(models.bcwi(), alpha);
            Tensor predicted = models.predict().apply(weights);
            Tensor flipped = Flips.negative(dev.old(), predicted, dev.labels());
            return new Row(
                    alpha,
                    dev.flips(predicted),
                    Bcwi.distance(weights, models.oldWeights()),
                    dev.interval(predicted.eq(dev.labels()).to(ScalarType.Double)),
                    dev.interval(flipped),
                    dev.interval(flippedByNew.sub(flipped)));
        }
    }

    /** The models of a sweep, and how one is asked. */
    private record Models(
            Bcwi bcwi,
            Map<String, Tensor> oldWeights,
            List<? extends Map<String, Tensor>> newWeights,
            Function<Map<String, Tensor>, Tensor> predict) {
        Map<String, Tensor> merged(Bcwi how, double alpha) {
            return how.merge(alpha, oldWeights, newWeights);
        }

        /** The classes {@code int64 [M]} that the model at that share predicts; the model itself is freed. */
        Tensor predicted(Bcwi how, double alpha) {
            try (var scope = Scope.open()) {
                return scope.keep(predict.apply(merged(how, alpha)));
            }
        }
    }

    /** What predictions are compared with: the old model's and the true ones, {@code int64 [M]} each. */
    private record DevSet(Tensor old, Tensor labels, Seed seed) {
        Flips flips(Tensor predicted) {
            return Flips.of(old, predicted, labels);
        }

        /** Of shares {@code [M]}, in percent. */
        MeanInterval interval(Tensor shares) {
            return MeanInterval.of(times(shares, 100), RESAMPLES, seed);
        }
    }
}
