package org.counterweight.toy;

import static org.counterweight.engine.Tensors.as;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;

/**
 * How loud a layer is: v times what it made.
 *
 * @param v one number, {@code [1]}, 1 at the start
 */
public record Volume(Tensor v) implements Tap {
    static final String VOLUME = "volume";

    @Override
    public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
        return out.mul(as(v, out));
    }

    @Override
    public Volume with(Map<String, Tensor> tensors) {
        return new Volume(tensors.getOrDefault(VOLUME, v));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of(VOLUME, v);
    }
}
