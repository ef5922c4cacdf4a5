package org.counterweight.edit.baseline;

import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.scalar;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.edit.KeyToken;
import org.counterweight.edit.Queries;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;

/**
 * Defer: a gate g = sigma(w q + c) between a layer's output and a linear prediction P q + e, both of the key token's
 * activation q. While training the two are blended, in evaluation the gate switches at the threshold.
 *
 * <p>The baseline of T. Hartvigsen et al., NeurIPS 2023, after E. Mitchell et al., "Memory-Based Model Editing at Scale"
 * (SERAC), ICML 2022.
 *
 * @param gate w, {@code [1, p]}
 * @param gateBias c, {@code [1]}
 * @param prediction P, {@code [v, p]}
 * @param predictionBias e, {@code [v]}
 * @param threshold of the gate, 0.5 as a rule
 * @param blended whether the two are blended, as in training
 * @param key which token is asked by
 */
public record Defer(
        Tensor gate,
        Tensor gateBias,
        Tensor prediction,
        Tensor predictionBias,
        double threshold,
        boolean blended,
        KeyToken key)
        implements Tap {
    /** Asked by the last column, as in the official code. */
    public Defer(
            Tensor gate, Tensor gateBias, Tensor prediction, Tensor predictionBias, double threshold, boolean blended) {
        this(gate, gateBias, prediction, predictionBias, threshold, blended, KeyToken.LAST);
    }

    @Override
    public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
        return replaced(Queries.of(key, in, pass.batch()).queries(), out);
    }

    /** With another switch: blended while training, hard in use. */
    public Defer blending(boolean blends) {
        return new Defer(gate, gateBias, prediction, predictionBias, threshold, blends, key);
    }

    /**
     * The layer's output as it goes on.
     *
     * @param query {@code [rows, p]}
     * @param out {@code [rows, T, v]} or {@code [rows, v]}
     */
    public Tensor replaced(Tensor query, Tensor out) {
        Tensor g = linear(query, gate, gateBias).sigmoid(); // [rows, 1]
        Tensor predicted = linear(query, prediction, predictionBias); // [rows, v]
        if (out.dim() == 3) {
            g = g.unsqueeze(1);
            predicted = predicted.unsqueeze(1);
        }
        return blended
                ? g.mul(predicted).add(out.sub(g.mul(out)))
                : torch.where(g.ge(scalar(threshold)), predicted, out);
    }

    @Override
    public Map<String, Tensor> trainables() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put("gate.weight", gate);
        all.put("gate.bias", gateBias);
        all.put("prediction.weight", prediction);
        all.put("prediction.bias", predictionBias);
        return all;
    }

    @Override
    public Defer with(Map<String, Tensor> tensors) {
        return new Defer(
                tensors.getOrDefault("gate.weight", gate),
                tensors.getOrDefault("gate.bias", gateBias),
                tensors.getOrDefault("prediction.weight", prediction),
                tensors.getOrDefault("prediction.bias", predictionBias),
                threshold,
                blended,
                key);
    }
}
