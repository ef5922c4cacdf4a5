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
        var rows = new ArrayList<Row>();
        var warnings = new ArrayList<String>();
        List<String> unweighted = bcwi.unweighted(oldWeights);
        if (!unweighted.isEmpty()) {
            warnings.add("no Fisher information of " + unweighted.get(0)
                    + (unweighted.size() > 1 ? " and " + (unweighted.size() - 1) + " more" : "") + ": it counts 1");
        }
        try (var scope = Scope.open()) {
            Tensor updated = predicted(bcwi, 0, oldWeights, newWeights, predict);
            Tensor flipped = Flips.negative(old, updated, labels);
            Flips update = Flips.of(old, updated, labels);
            double accNew = update.accNew();
            var barrier = new Barrier(
                    update.accOld(),
                    accNew,
                    Flips.of(old, predicted(halfway(bcwi), HALF, oldWeights, newWeights, predict), labels)
                            .accNew());
            barrier.warning().ifPresent(warnings::add);
            for (double alpha : config.grid()) {
                rows.add(row(bcwi, alpha, oldWeights, newWeights, predict, old, labels, flipped, seed));
            }
            AlphaChoice choice = AlphaChoice.of(
                    rows.stream().mapToDouble(Row::alpha).toArray(),
                    rows.stream().mapToDouble(r -> r.flips().accNew()).toArray(),
                    rows.stream().mapToDouble(r -> r.flips().nfr()).toArray(),
                    accNew,
                    config.tolerance(),
                    config.maxNfr());
            if (!old.eq(labels).any().item_bool()) {
                warnings.add("the old model has no instance of the dev set right: nothing can flip");
            }
            Row chosen = rows.get(choice.index());
            if (choice.alpha() != 0 && chosen.saved().contains(0)) {
                warnings.add(String.format(
                        Locale.ROOT,
                        "on %d dev instances the flips saved at alpha %.2f (%.2f points) may be chance: 95 %% interval"
                                + " [%.2f, %.2f]",
                        labels.numel(),
                        choice.alpha(),
                        (chosen.saved().low() + chosen.saved().high()) / 2,
                        chosen.saved().low(),
                        chosen.saved().high()));
            }
            return new AlphaSweep(rows, choice, barrier, warnings);
        }
    }

    /** What the model at that share says; the model itself is freed. */
    private static Tensor predicted(
            Bcwi bcwi,
            double alpha,
            Map<String, Tensor> oldWeights,
            List<? extends Map<String, Tensor>> newWeights,
            Function<Map<String, Tensor>, Tensor> predict) {
        try (var scope = Scope.open()) {
            return scope.keep(predict.apply(bcwi.merge(alpha, oldWeights, newWeights)));
        }
    }

    /** The plain form: with Fisher information, half of the old model's share is not half of the way. */
    private static Bcwi halfway(Bcwi bcwi) {
        return new Bcwi(HALF, Map.of(), bcwi.newLabelIds(), bcwi.classifier());
    }

    private static Row row(
            Bcwi bcwi,
            double alpha,
            Map<String, Tensor> oldWeights,
            List<? extends Map<String, Tensor>> newWeights,
            Function<Map<String, Tensor>, Tensor> predict,
            Tensor old,
            Tensor labels,
            Tensor flippedByNew,
            Seed seed) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> weights = bcwi.merge(alpha, oldWeights, newWeights);
            Tensor predicted = predict.apply(weights);
            Tensor right = times(predicted.eq(labels).to(ScalarType.Double), 100);
            Tensor flipped = Flips.negative(old, predicted, labels);
            return new Row(
                    alpha,
                    Flips.of(old, predicted, labels),
                    Bcwi.distance(weights, oldWeights),
                    MeanInterval.of(right, RESAMPLES, seed),
                    MeanInterval.of(times(flipped, 100), RESAMPLES, seed),
                    MeanInterval.of(times(flippedByNew.sub(flipped), 100), RESAMPLES, seed));
        }
    }
}
