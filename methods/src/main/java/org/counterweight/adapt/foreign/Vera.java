package org.counterweight.adapt.foreign;

import static org.bytedeco.pytorch.global.torch.mm;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * Vector-based random matrix adaptation: W' = W + diag(b) B diag(d) A, with A and B random, frozen and shared by all modules.
 *
 * <p>D. Kopiczko et al., "VeRA: Vector-based Random Matrix Adaptation", ICLR 2024, equation 2.
 *
 * @param a A, {@code [r, in]}
 * @param b B, {@code [out, r]}
 * @param lambdaD d, {@code [r]}
 * @param lambdaB b, {@code [out]}
 */
public record Vera(Tensor a, Tensor b, Tensor lambdaD, Tensor lambdaB) implements Parametrization {
    private static final String D = "vera_lambda_d";
    private static final String B = "vera_lambda_b";

    /**
     * The adapter from its saved tensors.
     *
     * @param a of all modules, {@code [r, at least in]}; this one takes the first columns
     * @param b of all modules, {@code [at least out, r]}; this one takes the first rows
     */
    public static Vera restore(String module, Tensor base, Tensor a, Tensor b, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        var adapter = new Vera(
                Tensors.slice(a, 1, 0, base.size(1)),
                Tensors.slice(b, 0, 0, base.size(0)),
                saved.trained(D, a.size(0)),
                saved.trained(B, base.size(0)));
        saved.done();
        return adapter;
    }

    @Override
    public Tensor weight(Tensor base) {
        Tensor update = mm(b.mul(lambdaB.unsqueeze(1)), a.mul(lambdaD.unsqueeze(1)));
        return Tensors.as(base.add(update), base);
    }

    @Override
    public Vera with(Map<String, Tensor> tensors) {
        return new Vera(a, b, tensors.getOrDefault(D, lambdaD), tensors.getOrDefault(B, lambdaB));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of(D, lambdaD, B, lambdaB);
    }
}
