package org.counterweight.balance.adjust;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.balance.ClassCounts;
import org.counterweight.config.Setting;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.measure.MetricConfig;
import org.counterweight.train.objective.Objective.Losses;

/** Balanced accuracy with logits adjusted as well as can be on the rows themselves: by this an epoch is told, no model judged. */
public record AdjustedAccuracy(
        @Setting(value = "How logits are adjusted", defaultsTo = "{}")
        AdjustConfig adjust) implements MetricConfig {
    /** Its figure. */
    public static final String NAME = "adjusted_balanced_accuracy";

    @Override
    public List<String> figures() {
        return List.of(NAME);
    }

    @Override
    public Metric create(List<Double> learnt) {
        ClassCounts counts =
                ClassCounts.of(learnt.stream().mapToDouble(Double::doubleValue).toArray());
        return new Gathered(adjust, counts, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** Keeps logits until the evaluation is over. */
    private record Gathered(
            AdjustConfig adjust, ClassCounts counts, List<Tensor> logits, List<Tensor> labels, List<Tensor> weights)
            implements Metric {
        @Override
        public void add(Losses losses, Batch batch, Tensor each) {
            if (losses.logits() != null) {
                try (var scope = Scope.open()) {
                    logits.add(Scope.own(losses.logits().cpu().clone()));
                    labels.add(Scope.own(batch.labels().cpu().clone()));
                    weights.add(Scope.own(each.cpu().clone()));
                }
            }
        }

        @Override
        public Map<String, Double> figures() {
            if (logits.isEmpty()) {
                return Map.of();
            }
            try (var scope = Scope.open()) {
                return Map.of(
                        NAME,
                        TauChoice.of(adjust, joined(logits), joined(labels), joined(weights), counts.logPrior())
                                .balanced());
            } finally {
                logits.forEach(Tensor::close);
                labels.forEach(Tensor::close);
                weights.forEach(Tensor::close);
            }
        }

        private static Tensor joined(List<Tensor> parts) {
            return torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
        }
    }
}
