package org.counterweight.adapt.bone;

import static org.bytedeco.pytorch.global.torch.bmm;
import static org.bytedeco.pytorch.global.torch.constant_pad_nd;
import static org.bytedeco.pytorch.global.torch.eye;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.repeat_interleave;
import static org.bytedeco.pytorch.global.torch.zeros;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.bone.BoneConfig.Variant;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Block affine adaptation: one small matrix D, zero at the start, shared by groups of the weight's rows or columns.
 *
 * <p>J. Kang and Q. Yin, "MiSS: Revisiting the Trade-off in LoRA with an Efficient Shard-Sharing Structure", ICLR 2026
 * (arXiv 2409.15371 v12). The paper has borne several names: what versions 1 to 3 call Bone is {@code bat} here, as in
 * version 4 and later and in PEFT; what version 4 calls Bone is MiSS in its efficient form, {@code bone} here.
 *
 * <table>
 * <caption>The effective weight, with W {@code [out, in]}; indices from 0</caption>
 * <tr><td>bone</td><td>W'[o,i] = W[o,i] + D[i mod r, o]</td><td>equations 4 to 7</td></tr>
 * <tr><td>mini</td><td>W'[o,i] = W[o,i] + D[i mod r, o mod m]</td><td>PEFT's "mini"</td></tr>
 * <tr><td>rows</td><td>W'[o,i] = W[o,i] + D[shard of o, i]</td><td>equations 2 and 3</td></tr>
 * <tr><td>bat</td><td>W'[a,b] = W[a,b] (I + D_a) + D_a, blocks r × r, a the row group</td><td>v4, Bat-Col</td></tr>
 * <tr><td>bat_row</td><td>W'[a,b] = W[a,b] (I + D_b) + D_b, b the column group</td><td>v4, Bat-Row</td></tr>
 * </table>
 *
 * <p>The text after equation 7 gives an example in which <em>consecutive</em> columns share; equations 4 to 6 and the
 * official code let columns of equal (i mod r) share, and so does this.
 *
 * @param block D: {@code [r, out]} (bone), {@code [r, m]} (mini), {@code [shards, in]} (rows), {@code [out/r, r, r]} (bat),
 *     {@code [in/r, r, r]} (bat_row)
 * @param shardSizes for rows: how many rows each shard has, summing to out; else empty
 */
public record Bone(Variant variant, double dropout, Tensor block, long[] shardSizes) implements Parametrization {
    private static final long[] NONE = {};

    public Bone {
        if (variant == Variant.ROWS
                && (shardSizes.length != block.size(0)
                        || Arrays.stream(shardSizes).anyMatch(s -> s < 1))) {
            throw new ConfigException(
                    "bone.shard_sizes",
                    Arrays.toString(shardSizes),
                    block.size(0) + " sizes of at least 1, one a row of the block");
        }
    }

    /** A variant other than rows. */
    public static Bone of(Variant variant, Tensor block) {
        return new Bone(variant, 0, block, NONE);
    }

    /** The variant rows, with the sizes of its shards. */
    public static Bone rows(Tensor block, long... shardSizes) {
        return new Bone(Variant.ROWS, 0, block, shardSizes);
    }

    /**
     * A fresh adapter for {@code base}, {@code [out, in]}: zero, so that step 0 is the base model to the last bit.
     *
     * @throws ConfigException if the block does not fit the weight; it names the module and the numbers
     */
    public static Bone create(BoneConfig config, String module, Tensor base) {
        if (base.dim() != 2) {
            throw new ConfigException("bone: " + module + " has a weight of " + base.dim()
                    + " dimensions; only linear layers can be adapted, no convolutions");
        }
        long out = base.size(0);
        long in = base.size(1);
        long r = config.r();
        config.checkShape(module, out, in);
        Tensor block = switch (config.variant()) {
            case BONE -> zeros(r, out);
            case MINI -> zeros(r, config.miniR());
            case BAT -> zeros(out / r, r, r);
            case BAT_ROW -> zeros(in / r, r, r);
            case ROWS -> zeros(config.shards(), in);
        };
        long[] sizes = config.variant() == Variant.ROWS ? config.shardSizes(out) : NONE;
        Tensor trained = LowRank.trained(block.to(LowRank.wide(base)), base.device());
        return new Bone(config.variant(), config.dropout(), trained, sizes);
    }

    /**
     * The same, or with random blocks if the settings say so: uniform in ±1/√out, as PEFT draws them (Kaiming's rule with
     * a = √5 on a block of {@code out} columns).
     */
    static Bone create(BoneConfig config, String module, Tensor base, Generator random) {
        Bone fresh = create(config, module, base);
        if (config.randomStart()) {
            double bound = 1 / Math.sqrt(base.size(0));
            try (var off = Tensors.noGrad()) {
                Tensor drawn = fresh.block().cpu().uniform_(-bound, bound, Tensors.optional(random));
                fresh.block().copy_(drawn);
            }
        }
        return fresh;
    }

    /** In the wider of both types, rounded once to the type of {@code base}. */
    @Override
    public Tensor weight(Tensor base) {
        return as(weightIn(as(base, block)), base);
    }

    private Tensor weightIn(Tensor base) {
        return switch (variant) {
            case BONE, MINI, ROWS -> base.add(delta(base.size(0), base.size(1)));
            case BAT -> {
                Tensor guided = bmm(byRowGroup(base), block).view(blocks(base)); // W[a,b] D_a, [out/r, r, in/r, r]
                yield base.add(guided.add(block.unsqueeze(2)).view(base.size(0), base.size(1)));
            }
            case BAT_ROW -> {
                Tensor guided =
                        matmul(base.reshape(blocks(base)).permute(2, 0, 1, 3).flatten(1, 2), block); // [in/r, out, r]
                Tensor back = guided.view(base.size(1) / r(), base.size(0) / r(), r(), r())
                        .add(block.unsqueeze(1))
                        .permute(1, 2, 0, 3);
                yield base.add(back.reshape(base.size(0), base.size(1)));
            }
        };
    }

    /** W' − W of the additive variants, {@code [out, in]}. */
    private Tensor delta(long out, long in) {
        return switch (variant) {
            case ROWS -> repeat_interleave(block, repeats(), new LongOptional(0), new LongOptional());
            default -> {
                Tensor columns = block.t().repeat(out / block.size(1), (in + r() - 1) / r()); // [out, ceil(in/r) r]
                yield slice(columns, 1, 0, in);
            }
        };
    }

    /** How many rows each shard's block serves, beside the block. */
    private Tensor repeats() {
        return Tensors.to(longs(shardSizes), block.device());
    }

    private long r() {
        return variant == Variant.BAT || variant == Variant.BAT_ROW ? block.size(1) : block.size(0);
    }

    private long[] blocks(Tensor base) {
        return new long[] {base.size(0) / r(), r(), base.size(1) / r(), r()};
    }

    /** {@code [out/r, r · in/r, r]}: a view of a contiguous weight, so that the product needs no permutation. */
    private Tensor byRowGroup(Tensor base) {
        return base.reshape(base.size(0) / r(), r() * (base.size(1) / r()), r());
    }

    /**
     * W' is built for bat alone, whose algebra needs it. Where x is bf16 or f16, the block's part is computed in float32.
     *
     * @throws IllegalArgumentException if the last dimension of {@code x} is not the layer's input width
     */
    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        if (x.size(-1) != base.size(1)) {
            throw new IllegalArgumentException(
                    "bone: the input has " + x.size(-1) + " numbers a token, the layer takes " + base.size(1));
        }
        boolean half = x.element_size() < Float.BYTES;
        Tensor wide = half ? block.to(ScalarType.Float) : as(block, x);
        return new Bone(variant, dropout, wide, shardSizes).applyIn(x, base, bias, pass);
    }

    private Tensor applyIn(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        long in = base.size(1);
        long out = base.size(0);
        return switch (variant) {
            case BONE, MINI -> {
                Tensor z = matmul(foldedInput(pass.dropout(x, dropout), in), block); // [..., out] or [..., m]
                yield linear(x, base, bias).add(as(LastDimension.repeated(z, out / block.size(1)), x));
            }
            case ROWS -> {
                Tensor z = linear(as(pass.dropout(x, dropout), block), block, null); // [..., shards]
                Tensor spread = repeat_interleave(z, repeats(), new LongOptional(-1), new LongOptional(out));
                yield linear(x, base, bias).add(as(spread, x));
            }
            case BAT -> linear(x, as(weightIn(as(base, block)), x), bias);
            case BAT_ROW -> {
                Tensor groups = as(x, block).reshape(LastDimension.leading(x, in / r(), r()));
                Tensor u = matmul(block, groups.unsqueeze(-1)).squeeze(-1); // u_b = D_b x_b, [..., in/r, r]
                Tensor guided = linear(as(groups.add(u), x).reshape(LastDimension.leading(x, in)), base, bias);
                yield guided.add(as(LastDimension.repeated(sum(u, false, -2), out / r()), x));
            }
        };
    }

    /** S: the sum of x's groups of width r, the last padded with zeros; {@code [..., r]}. */
    private Tensor foldedInput(Tensor x, long in) {
        long groups = (in + r() - 1) / r();
        Tensor padded = in % r() == 0 ? x : constant_pad_nd(x, new long[] {0, groups * r() - in}, scalar(0));
        long[] group = {-2};
        return padded.reshape(LastDimension.leading(x, groups, r()))
                .sum(group, false, new ScalarTypeOptional(block.scalar_type())); // summed in the block's type
    }

    /**
     * The base weight from the effective one: the delta subtracted, or for bat (W'[a,b] − D_a)(I + D_a)^{-1} by solving.
     * Whoever kept the base should put it back instead: the inverse costs cond(I + D) in accuracy.
     *
     * @throws ArithmeticException if I + D_a is singular; it names the block
     */
    public Tensor unmerge(Tensor merged) {
        long out = merged.size(0);
        long in = merged.size(1);
        return switch (variant) {
            case BONE, MINI, ROWS -> merged.sub(delta(out, in));
            case BAT -> {
                Tensor affine = merged.reshape(blocks(merged)).sub(block.unsqueeze(2));
                yield new AffineBlocks(block)
                        .solved(affine.reshape(out / r(), r() * (in / r()), r()))
                        .view(out, in);
            }
            case BAT_ROW -> {
                Tensor affine =
                        merged.reshape(blocks(merged)).permute(2, 0, 1, 3).sub(block.unsqueeze(1));
                Tensor base = new AffineBlocks(block).solved(affine.reshape(in / r(), out, r()));
                yield base.view(in / r(), out / r(), r(), r())
                        .permute(1, 2, 0, 3)
                        .reshape(out, in);
            }
        };
    }

    /**
     * The condition number of I + D_a for each block of bat or bat_row: the factor by which undoing a merge may enlarge
     * rounding errors; infinite where it cannot be undone.
     *
     * @return {@code float64 [blocks]}
     */
    public Tensor conditions() {
        return new AffineBlocks(block).conditions();
    }

    /**
     * The update of an additive variant as an exact product of thin factors, so that whoever knows LoRA alone can use it. For
     * bone A picks the columns of equal (i mod r) and B is D^T, of rank r.
     *
     * @param out the layer's output width
     * @param in its input width
     * @throws IllegalStateException for bat and bat_row, whose update depends on the weight and has no low rank
     */
    public LowRank asLora(long out, long in) {
        return switch (variant) {
            case BONE, MINI -> {
                Tensor picks = eye(r(), options(block)).repeat(1, (in + r() - 1) / r());
                Tensor rows = block.detach().t().repeat(out / block.size(1), 1);
                yield new LowRank(slice(picks, 1, 0, in).contiguous(), rows.contiguous(), 1);
            }
            case ROWS -> {
                Tensor shards = repeat_interleave(
                        eye(block.size(0), options(block)), repeats(), new LongOptional(0), new LongOptional());
                yield new LowRank(block.detach(), shards, 1);
            }
            case BAT, BAT_ROW ->
                throw new IllegalStateException(
                        "bone: the update of " + variant.name().toLowerCase(Locale.ROOT)
                                + " depends on the weight and has no low rank; merge it instead of exporting it as LoRA");
        };
    }

    @Override
    public Bone with(Map<String, Tensor> tensors) {
        return new Bone(variant, dropout, tensors.getOrDefault("miss_block", block), shardSizes);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of("miss_block", block);
    }
}
