package org.counterweight.model.part.layer;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * What a convolution over neighbouring tokens adds to what a layer gives: norm(y + f(conv(x))), zero at padding. P. He et al.,
 * "DeBERTa: Decoding-enhanced BERT with Disentangled Attention", ICLR 2021, appendix A.5.
 *
 * @param path what its names are below: {@code conv.weight}, {@code [width, width / groups, kernel]}, {@code conv.bias} and
 *     {@code LayerNorm}
 * @param kernel how many tokens it sees, an odd number
 * @param groups of channels, each convolved for itself
 */
public record Convolved(String path, int kernel, int groups, Activation activation, Norm norm, double dropout) {
    /**
     * @param x what the layer was given, {@code [rows, length, width]}
     * @param y what it gave
     */
    public Tensor apply(Params base, Tensor x, Tensor y, Batch batch, Pass pass) {
        Params at = base.at(path);
        Tensor real = batch.find(Batch.ATTENTION_MASK);
        Tensor mask = real == null ? null : as(real.unsqueeze(2), y);
        Tensor seen = masked(convolution(at, x), mask);
        Tensor added = activation.apply(pass.dropout(seen, dropout));
        return masked(norm.apply(at, "LayerNorm", y.add(added)), mask);
    }

    private static Tensor masked(Tensor x, @Nullable Tensor mask) {
        return mask == null ? x : x.mul(mask);
    }

    /** A sum over the kernel's places of linear maps of the text moved by as many. */
    private Tensor convolution(Params at, Tensor x) {
        Tensor weight = at.weight("conv.weight");
        Tensor wide = torch.constant_pad_nd(as(x, weight), 0, 0, kernel / 2, kernel / 2);
        long width = x.size(2) / groups;
        var parts = new TensorVector();
        for (int group = 0; group < groups; group++) {
            Tensor its = slice(weight, 0, group * width, (group + 1) * width);
            Tensor from = slice(wide, 2, group * width, (group + 1) * width);
            Tensor sum = linear(slice(from, 1, 0, x.size(1)), its.select(2, 0), null);
            for (int place = 1; place < kernel; place++) {
                sum = sum.add(linear(slice(from, 1, place, place + x.size(1)), its.select(2, place), null));
            }
            parts.push_back(sum);
        }
        return as(torch.cat(parts, 2).add(at.weight("conv.bias")), x);
    }

    /** {@code shapes} with the convolution's, below {@code prefix}. */
    public Shapes shapes(Shapes shapes, String prefix, long width) {
        shapes.module(new ModuleSpec(prefix + path + ".conv", Kind.CONVOLUTION), width, width / groups, kernel)
                .put(prefix + path + ".conv.bias", width);
        return norm.shapes(shapes, prefix + path + ".LayerNorm", width);
    }
}
