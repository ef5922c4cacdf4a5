package org.counterweight.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.state.Remembering;

/** The best evaluation so far, and the weights it was made with. */
final class Best implements Remembering, AutoCloseable {
    private final String metric;
    private final boolean largerIsBetter;
    private final Map<String, Tensor> copies = new LinkedHashMap<>();
    private double value = Double.NaN;
    private long step;
    private long evaluationsSince;

    /** @param weights what can be best, as it is before the run; copied if {@code keep} */
    Best(String metric, boolean largerIsBetter, Map<String, Tensor> weights, boolean keep) {
        this.metric = metric;
        this.largerIsBetter = largerIsBetter;
        if (keep) {
            try (var scope = Scope.open()) {
                weights.forEach((name, tensor) ->
                        copies.put(name, Scope.own(tensor.detach().clone())));
            }
        }
    }

    /** Looks at an evaluation of {@code weights} made after {@code step} steps; true if it is the best so far. */
    boolean take(Evaluation evaluation, long step, Map<String, Tensor> weights) {
        double found = evaluation.metric(metric);
        boolean better = Double.isNaN(value) || (largerIsBetter ? found > value : found < value);
        if (!better) {
            evaluationsSince++;
            return false;
        }
        value = found;
        this.step = step;
        evaluationsSince = 0;
        copy(weights, copies);
        return true;
    }

    /** Puts the best weights in place of these, if there were kept any. */
    void putBack(Map<String, Tensor> weights) {
        copy(copies, weights);
    }

    private void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            copies.keySet().forEach(name -> Remembering.required(to, name).copy_(Remembering.required(from, name)));
        }
    }

    long evaluationsSince() {
        return evaluationsSince;
    }

    /** The number of steps before the best evaluation; 0 if there was none. */
    long step() {
        return step;
    }

    boolean isKept() {
        return !copies.isEmpty() && !Double.isNaN(value);
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        copies.forEach((name, tensor) -> state.put("weights/" + name, tensor));
        state.put("value", Tensors.doubles(new double[] {value}));
        state.put("counts", Tensors.longs(new long[] {step, evaluationsSince}));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            copies.forEach((name, tensor) -> tensor.copy_(Remembering.required(state, "weights/" + name)));
            value = Tensors.toDoubles(Remembering.required(state, "value"))[0];
            long[] counts = Tensors.toLongs(Remembering.required(state, "counts"));
            step = counts[0];
            evaluationsSince = counts[1];
        }
    }

    @Override
    public void close() {
        copies.values().forEach(Tensor::close);
    }
}
