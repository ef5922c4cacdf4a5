package org.counterweight.federate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.Alignment;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.LocalResult;
import org.counterweight.federate.weigh.BetaRule;
import org.counterweight.federate.weigh.Estimate;
import org.counterweight.federate.weigh.FullEstimate;
import org.counterweight.federate.weigh.LeanEstimate;
import org.jspecify.annotations.Nullable;

/** Where the weight of each source comes from. */
public sealed interface BetaSource {
    /** The estimate of a round, or null where there is none to make. */
    @Nullable
    Estimate estimate(ClientReport target, List<ClientReport> sources);

    /** β of each of this many sources, in order. */
    double[] betas(@Nullable Estimate estimate, int sources);

    /**
     * One number for all.
     *
     * @param beta in [0, 1]; 0.5 in the paper
     */
    record Fixed(double beta) implements BetaSource {
        public Fixed {
            if (!Checks.isShare(beta)) {
                throw new FederationException("beta is " + beta + ", but must lie in [0, 1]");
            }
        }

        @Override
        public @Nullable Estimate estimate(ClientReport target, List<ClientReport> sources) {
            return null;
        }

        @Override
        public double[] betas(@Nullable Estimate estimate, int sources) {
            double[] betas = new double[sources];
            Arrays.fill(betas, beta);
            return betas;
        }
    }

    /**
     * Anew in each round: from the target's single steps where it sends them, else from their sum of squares.
     *
     * @param rule what β is of the estimate
     * @param aligned whether a source's mean update is brought to the target's learning rate first, as the paper says;
     *     the official code takes it as it is
     */
    record Auto(BetaRule rule, boolean aligned) implements BetaSource {
        /** @throws FederationException if the target sent neither, or took fewer than two steps an epoch */
        @Override
        public Estimate estimate(ClientReport target, List<ClientReport> sources) {
            var means = new ArrayList<Tensor>();
            for (ClientReport source : sources) {
                double scale = aligned ? Alignment.ofSteps(target.rate(), source.rate()) : 1;
                means.add(Tensors.times(source.result().mean(), scale));
            }
            LocalResult own = target.result();
            Tensor steps = own.perStep();
            if (steps != null) {
                return FullEstimate.of(steps, means, true);
            }
            Double squares = own.sumOfSquares();
            if (squares == null) {
                throw new FederationException("client " + target.client()
                        + " recorded nothing of its steps, which auto-weighting needs; let it record, or use"
                        + " fixed beta");
            }
            return new LeanEstimate(own.mean(), squares, own.batches()).of(means, true);
        }

        @Override
        public double[] betas(@Nullable Estimate estimate, int sources) {
            return Objects.requireNonNull(estimate).betas(rule);
        }
    }
}
