package org.counterweight.reweigh.group;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.reweigh.LossSelection;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;

/**
 * Domain weights from a small proxy model: a domain whose loss is still far above a reference model's grows.
 * log a ← log a + η max(L − L_ref, 0), normalised, then a ← (1 − c) a + c / D; the result is the average of a over all
 * steps. S. M. Xie et al., "DoReMi: Optimizing Data Mixtures Speeds Up Language Model Pretraining", NeurIPS 2023, algorithm
 * 1; a domain that a batch lacks keeps its last excess, as in the code of the loss-reweighting paper.
 *
 * <p>As a weigher it trains the proxy: each row weighs a_d over the number of its domain's rows.
 */
public final class DoReMi implements Weigher, Remembering {
    private static final double FIRST_EXCESS = 1e-6;

    private final DoReMiConfig config;
    private Weights weights;

    /**
     * The domain weights, and what their update needs.
     *
     * @param a {@code float64 [D]}, sum 1
     * @param excess {@code float64 [D]}: the last clipped excess loss of each domain
     * @param sum {@code float64 [D]}: of a over all steps
     * @param steps how many
     */
    public record Weights(double[] a, double[] excess, double[] sum, long steps) {
        /** Uniform weights. */
        public static Weights uniform(int domains) {
            double[] a = new double[domains];
            double[] excess = new double[domains];
            java.util.Arrays.fill(a, 1.0 / domains);
            java.util.Arrays.fill(excess, FIRST_EXCESS);
            return new Weights(a, excess, new double[domains], 0);
        }

        /** DoReMi's result: the mean of a over all steps. */
        public double[] average() {
            return java.util.Arrays.stream(sum).map(s -> s / steps).toArray();
        }
    }

    public DoReMi(DoReMiConfig config) {
        this.config = config;
        this.weights = Weights.uniform(config.groups());
    }

    /**
     * One update.
     *
     * @param losses {@code [D]}: the proxy's mean loss of each domain; 0 for a domain that the batch lacks
     * @param references {@code [D]}: the reference model's
     */
    public static Weights update(Weights old, Tensor losses, Tensor references, double stepSize, double smoothing) {
        Tensor present = losses.ne(scalar(0));
        Tensor excess = torch.where(
                present,
                losses.sub(references).clamp_min(scalar(0)).to(ScalarType.Double),
                Tensors.doubles(old.excess()));
        Tensor a = torch.softmax(Tensors.doubles(old.a()).log().add(excess, scalar(stepSize)), 0);
        a = plus(times(a, 1 - smoothing), smoothing / old.a().length);
        Tensor sum = Tensors.doubles(old.sum()).add(a);
        return new Weights(Tensors.toDoubles(a), Tensors.toDoubles(excess), Tensors.toDoubles(sum), old.steps() + 1);
    }

    @Override
    public Tensor weights(Rows rows) {
        Groups groups = Groups.of(rows, config.column(), config.groups(), "doremi");
        Tensor reference =
                rows.batch().get(LossSelection.REFERENCE_LOSS).to(rows.losses().scalar_type());
        weights = update(
                weights,
                groups.means(rows.losses()).cpu(),
                groups.means(reference).cpu(),
                config.stepSize(),
                config.smoothing());
        return groups.spread(Tensors.doubles(weights.a()).to(rows.losses().scalar_type()));
    }

    /** Where the domain weights stand. */
    public Weights weights() {
        return weights;
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of(
                "a", Tensors.doubles(weights.a()),
                "excess", Tensors.doubles(weights.excess()),
                "sum", Tensors.doubles(weights.sum()),
                "steps", Tensors.longs(new long[] {weights.steps()}));
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var scope = Scope.open()) {
            weights = new Weights(
                    Tensors.toDoubles(Remembering.required(state, "a")),
                    Tensors.toDoubles(Remembering.required(state, "excess")),
                    Tensors.toDoubles(Remembering.required(state, "sum")),
                    Tensors.toLongs(Remembering.required(state, "steps"))[0]);
        }
    }
}
