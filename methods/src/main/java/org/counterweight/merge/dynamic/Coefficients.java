package org.counterweight.merge.dynamic;

import static org.bytedeco.pytorch.global.torch.one_hot;
import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.merge.dynamic.DawinConfig.Expertise;
import org.jspecify.annotations.Nullable;

/**
 * How much of the fine-tuned model each sample gets: λ = (E_1 + b/s) / (E_0 + E_1 + b), with E_m = exp(−H_m) of the models'
 * entropies and an offset b that pulls λ to the domain's share of entropy. Model 0 is the pre-trained one.
 *
 * <p>C. Oh et al., "DaWin: training-free dynamic weight interpolation for robust adaptation", ICLR 2025, section 3. Each model is judged by its own logits; the official confidence variants use model 0's for both.
 *
 * @param lambda λ, float64 {@code [N]}
 * @param entropy0 H_0 in nats, float64 {@code [N]}
 * @param entropy1 H_1 in nats, float64 {@code [N]}
 * @param offset b and s, which a stream of later samples is treated with
 */
public record Coefficients(Tensor lambda, Tensor entropy0, Tensor entropy1, Offset offset) {

    /**
     * What shifts the coefficients of one domain.
     *
     * @param b half the sum of the two models' relative spreads; 0 for none
     * @param share b / s, which is b times the share of model 0 in the mean entropies
     */
    public record Offset(double b, double share) {
        static final Offset NONE = new Offset(0, 0);

        /**
         * From the entropies, or losses, of a whole domain.
         *
         * @throws IllegalArgumentException of a single sample, which has no spread
         */
        static Offset of(Tensor h0, Tensor h1) {
            if (h0.numel() < 2) {
                throw new IllegalArgumentException(
                        "offset_adjustment needs the spread of at least two samples, found " + h0.numel());
            }
            double m0 = h0.mean().item_double();
            double m1 = h1.mean().item_double();
            double b = 0.5 * (relative(h0, m0) + relative(h1, m1));
            return new Offset(b, m0 == 0 ? 0 : b * m0 / (m0 + m1));
        }

        private static double relative(Tensor h, double mean) {
            return mean == 0 ? 0 : h.std(true).item_double() / mean; // unbiased: N − 1
        }
    }

    /**
     * The coefficients of a set of samples.
     *
     * @param logits0 the pre-trained model's, {@code [N, classes]}
     * @param logits1 the fine-tuned model's
     * @param labels true ones, {@code int64 [N]}; for losses with {@code pseudo_label: 0} only
     * @param halfway the logits of the model half-way between; for losses with {@code pseudo_label: 2} and 4 only
     */
    public static Coefficients of(
            DawinConfig config, Tensor logits0, Tensor logits1, @Nullable Tensor labels, @Nullable Tensor halfway) {
        return of(config, logits0, logits1, labels, halfway, null);
    }

    /** The same with the offset of a reference set in place of this set's own: for samples that come one by one. */
    public static Coefficients of(
            DawinConfig config,
            Tensor logits0,
            Tensor logits1,
            @Nullable Tensor labels,
            @Nullable Tensor halfway,
            @Nullable Offset frozen) {
        Logits.sameShape(logits0, logits1);
        try (var scope = Scope.open()) {
            Tensor l0 = Logits.checked(logits0, "model 0");
            Tensor l1 = Logits.checked(logits1, "model 1");
            Tensor t0 = times(l0, 1 / config.temperatures().get(0));
            Tensor t1 = times(l1, 1 / config.temperatures().get(1));
            Tensor h0 = Entropy.of(t0);
            Tensor h1 = Entropy.of(t1);
            Tensor u0 = h0; // what the offset and the negative exponentials go by
            Tensor u1 = h1;
            if (config.expertise().usesLosses()) {
                Tensor target = target(config, t0, t1, labels, halfway);
                u0 = sum(target.mul(logSoftmax(l0, -1)), false, -1).neg();
                u1 = sum(target.mul(logSoftmax(l1, -1)), false, -1).neg();
            }
            boolean selects =
                    config.expertise() == Expertise.SELECTIVE_ENTROPY || config.expertise() == Expertise.SELECTIVE_LOSS;
            Offset offset =
                    selects || !config.offsetAdjustment() ? Offset.NONE : frozen == null ? Offset.of(u0, u1) : frozen;
            Tensor lambda;
            if (selects) {
                lambda = u1.lt(u0).to(ScalarType.Double);
            } else {
                lambda = ratio(
                        config.expertise(),
                        expertise(config.expertise(), u0, t0, l0),
                        expertise(config.expertise(), u1, t1, l1),
                        offset);
            }
            if (config.wiseAlpha() > 0) {
                lambda = times(lambda, config.wiseAlpha());
            }
            return new Coefficients(scope.keep(lambda), scope.keep(h0), scope.keep(h1), offset);
        }
    }

    /** (E_1 + b/s) / (E_0 + E_1 + b). */
    private static Tensor ratio(Expertise expertise, Tensor x0, Tensor x1, Offset offset) {
        boolean logarithms = expertise != Expertise.MAXLOGIT_RATIO;
        if (logarithms && offset.b() == 0) {
            return x1.sub(x0).sigmoid(); // the same, where both exponentials are 0 too: losses know no bound
        }
        Tensor e0 = logarithms ? x0.exp() : x0;
        Tensor e1 = logarithms ? x1.exp() : x1;
        return plus(e1, offset.share()).div(plus(e0.add(e1), offset.b()));
    }

    /** ln E; of the highest logit, which may be negative, E itself. */
    private static Tensor expertise(Expertise expertise, Tensor u, Tensor tempered, Tensor logits) {
        return switch (expertise) {
            case NEGEXP_ENT_RATIO, NEGEXP_LOSS_RATIO, SELECTIVE_ENTROPY, SELECTIVE_LOSS -> u.neg();
            case EXPCONF_RATIO -> softmax(tempered, -1).amax(new long[] {-1}, false);
            case EXPCONFDIFF_RATIO -> {
                Tensor two = new Tensor(softmax(tempered, -1).topk(2).get0()); // the highest, the second
                yield two.select(1, 0).sub(two.select(1, 1));
            }
            case MAXLOGIT_RATIO -> logits.amax(new long[] {-1}, false);
        };
    }

    /** The distribution that the losses are taken against, {@code [N, classes]}. */
    private static Tensor target(
            DawinConfig config, Tensor t0, Tensor t1, @Nullable Tensor labels, @Nullable Tensor halfway) {
        long classes = t0.size(1);
        return switch (config.pseudoLabel()) {
            case 0 -> {
                if (labels == null) {
                    throw new IllegalArgumentException("pseudo_label: 0 takes true labels, and there are none");
                }
                yield one_hot(labels, classes).to(ScalarType.Double);
            }
            case 1 -> times(softmax(t0, -1).add(softmax(t1, -1)), 0.5);
            case 3 ->
                one_hot(softmax(t0, -1).add(softmax(t1, -1)).argmax(new LongOptional(1), false), classes)
                        .to(ScalarType.Double);
            default -> {
                if (halfway == null) {
                    throw new IllegalArgumentException(
                            "pseudo_label: " + config.pseudoLabel() + " takes the half-way model's logits");
                }
                Tensor merged = Logits.checked(halfway, "the half-way model");
                yield config.pseudoLabel() == 2
                        ? softmax(merged, -1)
                        : one_hot(merged.argmax(new LongOptional(1), false), classes)
                                .to(ScalarType.Double);
            }
        };
    }
}
