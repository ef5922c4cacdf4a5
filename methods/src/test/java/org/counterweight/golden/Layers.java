package org.counterweight.golden;

import static org.counterweight.engine.Tensors.gradients;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The layers of the golden cases whose weights are reparametrized. */
final class Layers {
    private Layers() {}

    /** What a layer makes of x: {@code linear}, {@code conv1d} to {@code conv3d}, {@code conv_transpose1d} to {@code …3d}. */
    static Tensor apply(ObjectNode params, Tensor x, Tensor w, @Nullable Tensor bias) {
        String layer = params.required("layer").asString();
        if (layer.equals("linear")) {
            return Tensors.linear(x, w, bias);
        }
        int dims = Character.digit(layer.charAt(layer.length() - 2), 10);
        long[] stride = all(params, "stride", 1, dims);
        long[] padding = all(params, "padding", 0, dims);
        long[] dilation = all(params, "dilation", 1, dims);
        long[] more = all(params, "output_padding", 0, dims);
        long groups = params.path("groups").asLong(1);
        var b = Tensors.optional(bias);
        return switch (layer) {
            case "conv1d" -> torch.conv1d(x, w, b, stride, padding, dilation, groups);
            case "conv2d" -> torch.conv2d(x, w, b, stride, padding, dilation, groups);
            case "conv3d" -> torch.conv3d(x, w, b, stride, padding, dilation, groups);
            case "conv_transpose1d" -> torch.conv_transpose1d(x, w, b, stride, padding, more, groups, dilation);
            case "conv_transpose2d" -> torch.conv_transpose2d(x, w, b, stride, padding, more, groups, dilation);
            case "conv_transpose3d" -> torch.conv_transpose3d(x, w, b, stride, padding, more, groups, dilation);
            default -> throw new IllegalArgumentException("unknown layer " + layer);
        };
    }

    private static long[] all(ObjectNode params, String key, long otherwise, int dims) {
        long[] all = new long[dims];
        Arrays.fill(all, params.path(key).asLong(otherwise));
        return all;
    }

    /** The outputs, and under {@code grad.} the gradient of each leaf from {@code gradY} at y. */
    static Map<String, Tensor> results(
            Map<String, Tensor> outputs, Tensor y, Tensor gradY, Map<String, Tensor> leaves) {
        var out = new LinkedHashMap<String, Tensor>();
        Tensor[] found = gradients(y.mul(gradY).sum(), false, leaves.values().toArray(Tensor[]::new));
        int i = 0;
        for (String name : leaves.keySet()) {
            out.put("grad." + name, found[i++]);
        }
        outputs.forEach((name, tensor) -> out.put(name, tensor.detach()));
        return out;
    }
}
