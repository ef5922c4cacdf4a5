package org.counterweight.shift.fairness.frontier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.Resampling;
import org.counterweight.shift.fairness.batch.FairBatchConfig;
import org.counterweight.shift.fairness.batch.FairTarget;
import org.counterweight.shift.fairness.batch.FairTraining;
import org.counterweight.shift.fairness.constraint.CovarianceConstraint;
import org.counterweight.shift.fairness.constraint.ExponentiatedGradient;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.fairness.constraint.FairGame;
import org.counterweight.shift.fairness.constraint.LogisticLearner;
import org.counterweight.shift.fairness.frontier.FairTrainingConfig.Algorithm;
import org.counterweight.shift.solve.LogisticLoss;
import org.counterweight.shift.solve.NewtonMethod;

/**
 * The classifiers that are tried.
 *
 * @param learnt rows to learn from
 * @param choosing rows to choose by
 * @param judging rows to judge by
 * @param weights how many rows a row of each cell stands for
 */
record Candidates(FairTrainingConfig config, Part learnt, Part choosing, Part judging, double[] weights, Seed seed) {
    private static final double BOUND = 100; // of the multipliers' sum, as Agarwal et al. have it

    /** 2 for multipliers of a sum of 1; a step as large as the bound itself takes turns between the groups and says nothing. */
    private static final double ETA = 2 / BOUND;

    private static final double NU = 1e-3;
    private static final int BATCH = 100;
    private static final double RATE = 0.0005;

    /** Some of the rows: features {@code [n, d]} and cells. */
    record Part(Tensor x, Cells cells) {}

    /** All of them, plain regression first. */
    List<Candidate> all() {
        LogisticLoss loss = LogisticLoss.of(
                learnt.x, learnt.cells.spread(1, 1, 0, 0), learnt.cells.spread(weights), config.ridge());
        Tensor plain = NewtonMethod.minimise(loss, loss.start(), null);
        var all = new ArrayList<Candidate>();
        for (Algorithm algorithm : config.algorithms()) {
            switch (algorithm) {
                case NONE -> all.add(candidate(algorithm, "", FairClassifier.of(plain)));
                case FAIRBATCH -> all.add(candidate(algorithm, "", fairBatch()));
                case COVARIANCE -> covariance(all);
                case EXPGRAD -> {
                    for (double eps : config.eps()) {
                        all.add(candidate(algorithm, shown("eps", eps), mixture(eps)));
                    }
                }
                case PENALTY -> {
                    for (double rho : config.rho()) {
                        Tensor theta =
                                PenalisedRegression.fit(loss, plain, learnt.cells.index(), config.constraint(), rho);
                        all.add(candidate(algorithm, shown("rho", rho), FairClassifier.of(theta)));
                    }
                }
            }
        }
        return List.copyOf(all);
    }

    private static String shown(String name, double value) {
        return String.format(Locale.ROOT, "%s %.4g", name, value);
    }

    private Candidate candidate(Algorithm algorithm, String strength, FairClassifier classifier) {
        FairnessMetrics counted = asked(classifier, judging);
        return new Candidate(
                algorithm,
                strength,
                classifier,
                asked(classifier, choosing).weighted(weights),
                counted.weighted(weights),
                counted);
    }

    private static FairnessMetrics asked(FairClassifier classifier, Part part) {
        return FairnessMetrics.ofDecisions(classifier.decisions(part.x), part.cells, null);
    }

    /** On rows drawn in the proportion of the weights: FairBatch chooses rows, and takes no weights. */
    private FairClassifier fairBatch() {
        CellShares after = learnt.cells.shares().weighted(weights);
        int[] kept = Resampling.of(learnt.cells.counts(), after).draw(learnt.cells, seed.child("sample"));
        Tensor x = learnt.x.index_select(
                0, Tensors.longs(Arrays.stream(kept).asLongStream().toArray()));
        FairTarget target = switch (config.constraint()) {
            case DEMOGRAPHIC_PARITY -> FairTarget.DP;
            case EQUAL_OPPORTUNITY -> FairTarget.EQOPP;
            case EQUALIZED_ODDS -> FairTarget.EQODDS;
        };
        int batch = Math.max(CellShares.CELLS, Math.min(BATCH, kept.length / 10));
        var settings =
                new FairTraining.Settings(FairBatchConfig.of(target), batch, RATE * BATCH / batch, config.epochs());
        FairTraining found = FairTraining.run(
                x,
                learnt.cells.select(kept),
                FairTraining.start(x.size(1), seed.child("start")),
                settings,
                seed.child("batches"));
        return FairClassifier.of(torch.cat(new TensorVector(found.weight().flatten(), found.bias()), 0));
    }

    private void covariance(List<Candidate> all) {
        boolean opportunity = config.constraint() == FairConstraint.EQUAL_OPPORTUNITY;
        double free = Math.abs(constrained(opportunity, Double.MAX_VALUE).covariance());
        for (double share : config.covariance()) {
            CovarianceConstraint found = constrained(opportunity, share * free);
            all.add(candidate(Algorithm.COVARIANCE, shown("bound", share * free), FairClassifier.of(found.theta())));
        }
    }

    private CovarianceConstraint constrained(boolean opportunity, double bound) {
        return CovarianceConstraint.fit(
                learnt.x,
                learnt.cells.spread(1, 1, 0, 0),
                learnt.cells.spread(1, 0, 1, 0),
                learnt.cells.spread(weights),
                opportunity,
                bound,
                config.ridge());
    }

    private FairClassifier mixture(double eps) {
        var game = new FairGame(learnt.cells, weights, config.constraint(), eps);
        var learner = new LogisticLearner(game, learnt.x, config.ridge());
        var settings = new ExponentiatedGradient.Settings(BOUND, ETA, config.rounds(), NU);
        return new FairClassifier(
                ExponentiatedGradient.play(game, learner, settings).chosen());
    }
}
