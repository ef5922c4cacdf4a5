package org.counterweight.model.part.denoise;

import static org.bytedeco.pytorch.global.torch.silu;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.ScaledDotProduct;

/**
 * A layer of a diffusion transformer whose norms are scaled and shifted, and whose two parts are let through, by what it is
 * told: adaLN-Zero of W. Peebles and S. Xie, "Scalable Diffusion Models with Transformers", ICCV 2023, section 3.2. Names are
 * those of the official code.
 *
 * @param width of a token, and of what it is told
 * @param inner width of the feed-forward part
 */
public record ModulatedLayer(long width, long heads, long inner) {
    /** The linear module that makes scales, shifts and gates of what a layer is told; it starts at zero. */
    public static final String MODULATION = "adaLN_modulation.1";

    private static final double EPS = 1e-6;

    /**
     * @param x {@code [rows, tokens, width]}
     * @param condition {@code [rows, width]}
     * @return like x
     */
    public Tensor apply(Params at, Tensor x, Tensor condition, Pass pass) {
        Tensor told = modulation(at, condition, pass); // [rows, 1, 6 width]
        Tensor seen = attention(at.at("attn"), modulated(x, part(told, 0), part(told, 1)), pass);
        Tensor y = x.add(part(told, 2).mul(seen));
        Tensor bent =
                Activation.GELU_TANH.apply(at.linear("mlp.fc1", modulated(y, part(told, 3), part(told, 4)), pass));
        return y.add(part(told, 5).mul(at.linear("mlp.fc2", bent, pass)));
    }

    private Tensor attention(Params at, Tensor x, Pass pass) {
        Tensor all = at.linear("qkv", x, pass);
        Tensor seen = ScaledDotProduct.plain(Math.sqrt((double) heads / width))
                .of(
                        Attention.split(part(all, 0).contiguous(), heads),
                        Attention.split(part(all, 1).contiguous(), heads),
                        Attention.split(part(all, 2).contiguous(), heads),
                        null,
                        pass);
        return at.linear("proj", Attention.join(seen), pass);
    }

    /** What a part is told of itself, {@code [rows, 1, n width]}. */
    public static Tensor modulation(Params at, Tensor condition, Pass pass) {
        return at.linear(MODULATION, silu(condition), pass).unsqueeze(1);
    }

    /** The part of {@code told} of that number, {@code [..., width]}. */
    public Tensor part(Tensor told, long number) {
        return Tensors.slice(told, -1, number * width, (number + 1) * width);
    }

    /** {@code x} normalised, scaled by one and {@code scale}, and shifted. */
    public static Tensor modulated(Tensor x, Tensor shift, Tensor scale) {
        Tensor normed =
                torch.layer_norm(x, new long[] {x.size(-1)}, new TensorOptional(), new TensorOptional(), EPS, false);
        return normed.mul(Tensors.plus(scale, 1)).add(shift);
    }

    /** {@code shapes} with those of the layer of that name. */
    public Shapes shapes(Shapes shapes, String layer) {
        return shapes.linear(layer + ".attn.qkv", 3 * width, width, true)
                .linear(layer + ".attn.proj", width, width, true)
                .linear(layer + ".mlp.fc1", inner, width, true)
                .linear(layer + ".mlp.fc2", width, inner, true)
                .linear(layer + "." + MODULATION, 6 * width, width, true);
    }
}
