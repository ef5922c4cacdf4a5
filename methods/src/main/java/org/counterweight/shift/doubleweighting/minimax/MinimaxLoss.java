package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.plus;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/** What a minimax classifier is judged by; scores V are {@code [t, L]}. */
public enum MinimaxLoss {
    /** The share of wrong answers. */
    ZERO_ONE {
        /** 1 + max over k of (v_(1) + … + v_(k) − 1) / k, with v sorted downwards: the best set of labels is a prefix. */
        @Override
        public Tensor psi(Tensor scores) {
            Tensor sums = plus(scores.sort(1, true).get0().cumsum(1), -1);
            Tensor sizes =
                    torch.arange(Tensors.scalar(1), Tensors.scalar(scores.size(1) + 1), options(ScalarType.Double));
            return plus(sums.div(sizes).amax(new long[] {1}, false), 1);
        }

        /** max(V − ψ + 1, 0): the nearest point of the simplex. */
        @Override
        public Tensor probabilities(Tensor scores) {
            return plus(scores.sub(psi(scores).unsqueeze(1)), 1).relu();
        }

        /** The mean over the smallest prefix that attains the maximum. */
        @Override
        Tensor slope(Tensor scores) {
            var sorted = scores.sort(1, true);
            Tensor sizes =
                    torch.arange(Tensors.scalar(1), Tensors.scalar(scores.size(1) + 1), options(ScalarType.Double));
            Tensor best = plus(sorted.get0().cumsum(1), -1).div(sizes).argmax(new LongOptional(1), true);
            Tensor inPrefix = plus(sizes, -1).unsqueeze(0).le(best).to(ScalarType.Double);
            Tensor share = inPrefix.div(plus(best, 1));
            return torch.zeros_like(scores).scatter(1, sorted.get1(), share);
        }

        @Override
        Tensor loss(Tensor ofTruth) {
            return plus(ofTruth.neg(), 1);
        }

        @Override
        public double highest(int labels) {
            return 1 - 1.0 / labels;
        }
    },
    /** Minus the logarithm of the probability of the truth, in nats. */
    LOG {
        @Override
        public Tensor psi(Tensor scores) {
            return scores.logsumexp(1);
        }

        @Override
        public Tensor probabilities(Tensor scores) {
            return Tensors.softmax(scores, 1);
        }

        @Override
        Tensor slope(Tensor scores) {
            return probabilities(scores);
        }

        @Override
        Tensor loss(Tensor ofTruth) {
            return ofTruth.log().neg();
        }

        @Override
        public double highest(int labels) {
            return Math.log(labels);
        }
    };

    /** ψ of each row's scores, {@code [t]}. */
    public abstract Tensor psi(Tensor scores);

    /** h(y | x), {@code [t, L]}: not negative, rows of sum 1. */
    public abstract Tensor probabilities(Tensor scores);

    /** A subgradient of ψ, {@code [t, L]}. */
    abstract Tensor slope(Tensor scores);

    /** The loss of each row, from the probability it gives to the truth, {@code [t]}. */
    abstract Tensor loss(Tensor ofTruth);

    /** The risk of a classifier that knows nothing: 1 − 1/L, or log L. */
    public abstract double highest(int labels);
}
