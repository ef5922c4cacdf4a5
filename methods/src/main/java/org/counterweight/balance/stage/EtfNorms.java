package org.counterweight.balance.stage;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * The lengths of rows whose directions are fixed: W' = diag(r) V.
 *
 * @param r {@code [C, 1]}
 */
public record EtfNorms(Tensor r) implements Parametrization {
    static final String NAME = "weight_norm"; // as in the official files

    @Override
    public Tensor weight(Tensor base) {
        return base.mul(Tensors.as(r, base));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of(NAME, r);
    }

    @Override
    public EtfNorms with(Map<String, Tensor> tensors) {
        return new EtfNorms(tensors.getOrDefault(NAME, r));
    }
}
