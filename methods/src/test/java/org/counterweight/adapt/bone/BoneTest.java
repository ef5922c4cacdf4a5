package org.counterweight.adapt.bone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.eye;
import static org.bytedeco.pytorch.global.torch.linalg_matrix_rank;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.AdapterStack;
import org.counterweight.adapt.bone.BoneConfig.Variant;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The properties of the spec's section 5 and the edge cases of its section 8, beyond those of every adapter. */
class BoneTest {
    private static final long OUT = 12;
    private static final long IN = 18;

    private static Tensor normal(String what, long... shape) {
        return torch.zeros(shape, options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(11).child(what).generator()));
    }

    private static Tensor weight() {
        return normal("weight", OUT, IN);
    }

    private static Bone random(Variant variant, String what, long r) {
        return switch (variant) {
            case BONE -> Bone.of(variant, normal(what, r, OUT));
            case MINI -> Bone.of(variant, normal(what, r, 4));
            case BAT -> Bone.of(variant, normal(what, OUT / r, r, r).mul_(scalar(0.3)));
            case BAT_ROW -> Bone.of(variant, normal(what, IN / r, r, r).mul_(scalar(0.3)));
            case ROWS -> Bone.rows(normal(what, 3, IN), 5, 1, 6);
        };
    }

    private static Tensor delta(Bone bone) {
        return bone.weight(weight()).sub(weight());
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void aZeroBlockChangesNoBit(Variant variant) {
        try (var scope = Scope.open()) {
            Bone zero = new Bone(
                    variant,
                    0,
                    torch.zeros_like(random(variant, "block", 6).block()),
                    random(variant, "block", 6).shardSizes());
            Tensor x = normal("x", 3, IN);
            assertTensor(zero.weight(weight())).isEqualTo(weight());
            assertTensor(zero.apply(x, weight(), null, Pass.evaluation())).isEqualTo(linear(x, weight(), null));
        }
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void anUndoneMergeGivesTheBase(Variant variant) {
        try (var scope = Scope.open()) {
            Bone bone = random(variant, "block", 6);
            assertTensor(bone.unmerge(bone.weight(weight()))).isCloseTo(weight(), 1e-10, 1e-11);
        }
    }

    @ParameterizedTest(name = "r {0}")
    @CsvSource({"1", "5", "6", "7", "18"})
    void boneAddsARankOfAtMostRAndEqualColumnGroups(long r) {
        try (var scope = Scope.open()) {
            Bone bone = random(Variant.BONE, "block", r);
            Tensor delta = delta(bone);
            assertThat(linalg_matrix_rank(delta, 1e-9, false).item_long()).isLessThanOrEqualTo(Math.min(r, OUT));
            for (long from = r; from + r <= IN; from += r) {
                assertTensor(slice(delta, 1, from, from + r)).isCloseTo(slice(delta, 1, 0, r), 1e-12, 1e-12);
            }
            LowRank lora = bone.asLora(OUT, IN);
            assertThat(lora.rank()).isEqualTo(r);
            assertTensor(lora.product()).isCloseTo(delta, 1e-12, 1e-12);
            if (IN % r == 0) { // a shift of x by r leaves the sum of its groups as it was
                Tensor x = normal("x", 2, IN);
                Tensor shifted =
                        torch.cat(new org.bytedeco.pytorch.TensorVector(slice(x, 1, r, IN), slice(x, 1, 0, r)), 1);
                Tensor nothing = torch.zeros_like(weight());
                assertTensor(bone.apply(shifted, nothing, null, Pass.evaluation()))
                        .isCloseTo(bone.apply(x, nothing, null, Pass.evaluation()), 1e-12, 1e-12);
            }
        }
    }

    @Test
    void theVariantsMeetAtTheirEdges() {
        try (var scope = Scope.open()) {
            Tensor full = normal("full", IN, OUT);
            assertTensor(delta(Bone.of(Variant.BONE, full))).isCloseTo(full.t(), 1e-12, 1e-12);
            Tensor block = normal("block", 5, OUT);
            assertTensor(delta(Bone.of(Variant.MINI, block))).isEqualTo(delta(Bone.of(Variant.BONE, block)));
            Tensor rows = normal("rows", OUT, IN);
            long[] ones = new long[(int) OUT];
            java.util.Arrays.fill(ones, 1);
            assertTensor(delta(Bone.rows(rows, ones))).isCloseTo(rows, 1e-12, 1e-12);
            Tensor y = Bone.rows(normal("one", 1, IN), OUT)
                    .apply(normal("x", 2, IN), torch.zeros_like(weight()), null, Pass.evaluation());
            assertTensor(y).isCloseTo(slice(y, 1, 0, 1).expand(2, OUT), 1e-12, 1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"MINI", "ROWS"})
    void theOtherAdditiveVariantsAreExactLorasToo(Variant variant) {
        try (var scope = Scope.open()) {
            Bone bone = random(variant, "block", 5);
            assertTensor(bone.asLora(OUT, IN).product()).isCloseTo(delta(bone), 1e-12, 1e-12);
        }
    }

    @Test
    void batIsGuidedByTheWeight() {
        try (var scope = Scope.open()) {
            Tensor block = normal("block", OUT / 6, 6, 6);
            Tensor nothing = torch.zeros_like(weight());
            Tensor bare = Bone.of(Variant.BAT, block).weight(nothing).view(2, 6, 3, 6);
            for (int b = 0; b < 3; b++) { // W = 0: every column group is D_a
                assertTensor(bare.select(2, b)).isCloseTo(block, 1e-12, 1e-12);
            }
            double c = 0.7;
            Tensor scaled = eye(6, options(ScalarType.Double)).mul(scalar(c)).repeat(2, 1, 1);
            Tensor identities = eye(6, options(ScalarType.Double)).repeat(2, 3);
            assertTensor(Bone.of(Variant.BAT, scaled).weight(weight()))
                    .isCloseTo(weight().mul(scalar(1 + c)).add(identities.mul(scalar(c))), 1e-12, 1e-12);
            Bone two = random(Variant.BAT, "two", 2);
            assertThat(linalg_matrix_rank(delta(two), 1e-9, false).item_long()).isGreaterThan(2);
            assertThatThrownBy(() -> two.asLora(OUT, IN))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("bat depends on the weight");
        }
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void theWeightIsAffineInTheBlock(Variant variant) {
        try (var scope = Scope.open()) {
            Bone one = random(variant, "one", 6);
            Bone two = random(variant, "two", 6);
            Bone both = new Bone(variant, 0, one.block().add(two.block()), one.shardSizes());
            assertTensor(delta(both)).isCloseTo(delta(one).add(delta(two)), 1e-11, 1e-11);
        }
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void doubleBackwardWorksAndTheSecondDerivativeInTheBlockIsZero(Variant variant) {
        try (var scope = Scope.open()) {
            Bone start = random(variant, "block", 6);
            Tensor block = start.block().requires_grad_(true);
            Tensor x = normal("x", 4, IN).requires_grad_(true);
            Bone bone = new Bone(variant, 0, block, start.shardSizes());
            Tensor y = bone.apply(x, weight(), null, Pass.evaluation());
            Tensor first = gradients(y.mul(normal("gy", 4, OUT)).sum(), true, block)[0];
            Tensor[] second =
                    gradients(first.mul(normal("v", Tensors.shape(block))).sum(), false, block, x);
            assertTensor(second[0]).isEqualTo(torch.zeros_like(block));
            assertThat(second[1].abs().sum().item_double()).isGreaterThan(0);
        }
    }

    @Test
    void additiveAdaptersStackInAnyOrderAndBatDoesNot() {
        try (var scope = Scope.open()) {
            Tensor x = normal("x", 2, IN);
            Parametrization a = random(Variant.BONE, "a", 5);
            Parametrization b = random(Variant.BONE, "b", 4);
            assertTensor(AdapterStack.of(a, b).apply(x, weight(), null, Pass.evaluation()))
                    .isCloseTo(AdapterStack.of(b, a).apply(x, weight(), null, Pass.evaluation()), 1e-11, 1e-11);
            Bone c = random(Variant.BAT, "c", 6);
            Bone d = random(Variant.BAT, "d", 6);
            Tensor cd = AdapterStack.of(c, d).weight(weight());
            assertThat(cd.sub(AdapterStack.of(d, c).weight(weight()))
                            .abs()
                            .max()
                            .item_double())
                    .isGreaterThan(0.1);
            assertTensor(AdapterStack.of(c, d).apply(x, weight(), null, Pass.evaluation()))
                    .isCloseTo(linear(x, cd, null), 1e-11, 1e-11);
            assertTensor(c.unmerge(d.unmerge(cd))).isCloseTo(weight(), 1e-9, 1e-9);
            assertThat(AdapterStack.of(a, c).trainables()).containsOnlyKeys("0.miss_block", "1.miss_block");
        }
    }

    @Test
    void theFirstGradientIsThere() {
        try (var scope = Scope.open()) {
            Bone fresh = Bone.create(
                    Configs.bind(Configs.yaml("{r: 6}", "bone"), BoneConfig.class, "bone"), "layer", weight());
            Tensor loss = fresh.apply(normal("x", 8, IN), weight(), null, Pass.evaluation())
                    .square()
                    .sum();
            assertThat(gradients(loss, false, fresh.block())[0].norm().item_double())
                    .isGreaterThan(1);
        }
    }

    @Test
    void conditionNumbersTellWhatUndoingCosts() {
        try (var scope = Scope.open()) {
            Tensor block = torch.zeros(new long[] {2, 6, 6}, options(ScalarType.Double));
            block.select(0, 1).select(0, 0).select(0, 0).fill_(scalar(-1 + 1e-8)); // I + D = diag(1e-8, 1, …)
            double[] conditions = Tensors.toDoubles(Bone.of(Variant.BAT, block).conditions());
            assertThat(conditions[0]).isCloseTo(1, within(1e-9));
            assertThat(conditions[1]).isCloseTo(1e8, within(10.0));
            block.select(0, 1).select(0, 0).select(0, 0).fill_(scalar(-1));
            Bone singular = Bone.of(Variant.BAT, block);
            assertThatThrownBy(() -> singular.unmerge(singular.weight(weight())))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("block 1");
        }
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void halfPrecisionInputsKeepTheBlocksDigits(Variant variant) {
        try (var scope = Scope.open()) {
            Bone start = random(variant, "block", 6);
            Bone bone = new Bone(variant, 0, start.block().to(ScalarType.Float), start.shardSizes());
            Tensor x = normal("x", 4, IN).to(ScalarType.BFloat16);
            Tensor nothing = torch.zeros(new long[] {OUT, IN}, options(ScalarType.BFloat16));
            Tensor exact = bone.apply(x.to(ScalarType.Float), nothing.to(ScalarType.Float), null, Pass.evaluation());
            Tensor y = bone.apply(x, nothing, null, Pass.evaluation());
            double rounding =
                    variant == Variant.BAT ? 0.03 : 0.005; // bat's weight is rounded; the others' output alone
            assertTensor(y.to(ScalarType.Float)).isCloseTo(exact, rounding, 10 * rounding);
            assertThat(y.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsNumbers() {
        try (var scope = Scope.open()) {
            refused("{r: 0}", "bone.r: 0");
            refused("{r: 19}", "at most 18, the input width of layer");
            refused("{r: 5, variant: bat}", "divisor of both 18 and 12, the widths of layer");
            refused("{r: 2, variant: mini, mini_r: 5}", "bone.mini_r: 5", "12");
            refused("{variant: rows, shards: 13}", "bone.shards: 13", "at most 12");
            refused("{r: 2, alpha: 8}", "alpha is unknown");
            assertThatThrownBy(() -> Bone.rows(normal("b", 2, IN), 12, 0)).isInstanceOf(ConfigException.class);
            assertThatThrownBy(() ->
                            random(Variant.BONE, "b", 6).apply(normal("x", 2, 17), weight(), null, Pass.evaluation()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("17")
                    .hasMessageContaining("18");
            Tensor kernel = torch.zeros(new long[] {4, 4, 3, 3}, options(ScalarType.Float));
            assertThatThrownBy(() -> Bone.create(Configs.defaults(BoneConfig.class), "conv", kernel))
                    .hasMessageContaining("conv has a weight of 4 dimensions");
        }
    }

    private static void refused(String settings, String... parts) {
        assertThatThrownBy(() -> Bone.create(
                        Configs.bind(Configs.yaml(settings, "bone"), BoneConfig.class, "bone"), "layer", weight()))
                .isInstanceOf(ConfigException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @Test
    void aBlockWithNaNIsNotMerged() {
        try (var scope = Scope.open()) {
            Tensor block = normal("block", 6, OUT);
            block.select(0, 0).select(0, 0).fill_(scalar(Double.NaN));
            Params params = Params.of(Map.of("layer.weight", weight()))
                    .parametrized(Map.of("layer.weight", Bone.of(Variant.BONE, block)));
            assertThatThrownBy(params::materialized).hasMessageContaining("layer.miss_block");
        }
    }
}
