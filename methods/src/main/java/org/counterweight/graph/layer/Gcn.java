package org.counterweight.graph.layer;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * A graph convolution: H'[v] = Σ c_e W h_u + b. A node into which nothing comes has b.
 *
 * @param weight W, {@code [out, in]}
 * @param bias b, {@code [out]}
 */
public record Gcn(Tensor weight, Tensor bias) implements Convolution {
    @Override
    public Tensor apply(Propagation propagation, Tensor h) {
        return propagation.apply(Tensors.linear(h, weight, null)).add(bias);
    }
}
