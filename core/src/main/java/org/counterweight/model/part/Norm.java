package org.counterweight.model.part;

import static org.counterweight.engine.Tensors.layerNorm;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.rmsNorm;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;

/** How a transformer normalises each token's state. */
public record Norm(Kind kind, double eps) {
    /** The forms. */
    public enum Kind {
        /** (x − mean) / √(variance + eps) · w + b. */
        LAYER,
        /** The same without b. */
        LAYER_WITHOUT_BIAS,
        /** The same without w and b. */
        LAYER_WITHOUT_WEIGHTS,
        /** x · w / √(mean(x²) + eps). */
        RMS,
        /** x · (1 + w) / √(mean(x²) + eps): Gemma's. */
        RMS_FROM_ONE
    }

    /** Of {@code [..., width]}, with the weights under {@code norm}. */
    public Tensor apply(Params at, String norm, Tensor x) {
        return switch (kind) {
            case LAYER -> layerNorm(x, weight(at, norm), at.weight(norm + ".bias"), eps);
            case LAYER_WITHOUT_BIAS -> layerNorm(x, weight(at, norm), null, eps);
            case LAYER_WITHOUT_WEIGHTS -> layerNorm(x, null, null, eps);
            case RMS -> rmsNorm(x, weight(at, norm), eps);
            case RMS_FROM_ONE -> rmsNorm(x, plus(weight(at, norm), 1), eps);
        };
    }

    private static Tensor weight(Params at, String norm) {
        return at.weight(norm + ".weight");
    }

    /** {@code shapes} with the weights under {@code norm}. */
    public Shapes shapes(Shapes shapes, String norm, long width) {
        return switch (kind) {
            case LAYER -> shapes.norm(norm, width);
            case LAYER_WITHOUT_BIAS, RMS, RMS_FROM_ONE -> shapes.scale(norm, width);
            case LAYER_WITHOUT_WEIGHTS -> shapes;
        };
    }
}
