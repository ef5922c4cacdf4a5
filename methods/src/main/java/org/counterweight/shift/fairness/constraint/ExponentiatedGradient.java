package org.counterweight.shift.fairness.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A mixture of classifiers with the least error among those that keep the constraints, found as the equilibrium of a game.
 *
 * <p>A. Agarwal et al., "A Reductions Approach to Fair Classification", ICML 2018, algorithm 1. A new row is answered by a
 * classifier drawn from {@code chosen}.
 *
 * @param chosen the best response of each round
 * @param lambda the mean multipliers
 * @param error of the mixture
 * @param violations how far the mixture breaks each constraint, slack not taken off
 * @param gap how far the mixture may be from the equilibrium
 */
public record ExponentiatedGradient<H>(List<H> chosen, double[] lambda, double error, double[] violations, double gap) {
    /**
     * What answers best at given multipliers.
     *
     * @param <H> a classifier
     */
    public interface Learner<H> {
        /** The classifier of least error + λᵀ (violations − slack). */
        H best(double[] lambda);

        /** Its rates of y = 1 in each cell. */
        double[] rates(H classifier);
    }

    /**
     * Settings of the game.
     *
     * @param bound B, of the multipliers' sum
     * @param eta the step
     * @param rounds at most
     * @param nu the gap at which it stops; 0 to play all rounds
     */
    public record Settings(double bound, double eta, int rounds, double nu) {}

    /** Plays the game. */
    public static <H> ExponentiatedGradient<H> play(FairGame game, Learner<H> learner, Settings settings) {
        double[] theta = new double[game.constraints()];
        double[] lambdas = new double[theta.length];
        double[] gaps = new double[theta.length];
        double error = 0;
        var chosen = new ArrayList<H>();
        double gap = Double.POSITIVE_INFINITY;
        while (chosen.size() < settings.rounds && gap > settings.nu) {
            double[] lambda = multipliers(theta, settings.bound);
            H best = learner.best(lambda);
            chosen.add(best);
            double[] rates = learner.rates(best);
            double[] broken = game.gaps(rates);
            error += game.error(rates);
            for (int k = 0; k < theta.length; k++) {
                lambdas[k] += lambda[k];
                gaps[k] += broken[k];
                theta[k] += settings.eta * (broken[k] - game.slack());
            }
            if (settings.nu > 0 || chosen.size() == settings.rounds) {
                gap = gap(game, learner, settings, error, gaps, lambdas, chosen.size());
            }
        }
        int rounds = chosen.size();
        return new ExponentiatedGradient<>(
                List.copyOf(chosen), scaled(lambdas, rounds), error / rounds, scaled(gaps, rounds), gap);
    }

    /** λ = B exp(θ) / (1 + Σ exp(θ)). */
    private static double[] multipliers(double[] theta, double bound) {
        double largest = Math.max(0, Arrays.stream(theta).max().orElse(0));
        double[] exponentials =
                Arrays.stream(theta).map(t -> Math.exp(t - largest)).toArray();
        double sum = Math.exp(-largest) + Arrays.stream(exponentials).sum();
        return Arrays.stream(exponentials).map(e -> bound * e / sum).toArray();
    }

    private static <H> double gap(
            FairGame game,
            Learner<H> learner,
            Settings settings,
            double error,
            double[] gaps,
            double[] lambdas,
            int rounds) {
        double worst = Math.max(
                0, Arrays.stream(gaps).map(g -> g / rounds - game.slack()).max().orElse(0));
        double[] mean = scaled(lambdas, rounds);
        double[] rates = learner.rates(learner.best(mean));
        double[] broken = game.gaps(rates);
        double least = game.error(rates);
        for (int k = 0; k < mean.length; k++) {
            least += mean[k] * (broken[k] - game.slack());
        }
        return error / rounds + settings.bound * worst - least;
    }

    private static double[] scaled(double[] sums, int rounds) {
        return Arrays.stream(sums).map(sum -> sum / rounds).toArray();
    }
}
