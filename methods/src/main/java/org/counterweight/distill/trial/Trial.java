package org.counterweight.distill.trial;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.expert.ExpertStep;
import org.counterweight.distill.expert.HalfwayDecay;
import org.counterweight.distill.expert.Walk;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.siamese.Siamese;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * Fresh networks learn from a distilled set alone, by descent with momentum at the set's own rate, and are judged once, after
 * the last epoch. MTT, section 4.
 *
 * @param dsa how images are changed at random in each step
 */
public record Trial(TrialConfig config, Siamese dsa) {
    /**
     * Shares of right answers, one a network; fewer if it was stopped.
     *
     * @param model of fresh weights, another for each seed
     * @param real to judge by
     */
    public List<Double> accuracies(
            FlatModel model, SyntheticSet set, RealImages real, Seed seed, BooleanSupplier stopped) {
        var found = new ArrayList<Double>();
        for (int k = 0; k < config.networks() && !stopped.getAsBoolean(); k++) {
            try (var scope = Scope.open()) {
                Tensor theta = trained(model, set, seed.child(k), stopped);
                if (!stopped.getAsBoolean()) {
                    found.add(real.accuracy(model, theta));
                }
            }
        }
        return found;
    }

    /** The weights of a network that learnt from the set, {@code [P]}, of the open scope. */
    public Tensor trained(FlatModel model, SyntheticSet set, Seed seed, BooleanSupplier stopped) {
        try (var scope = Scope.open()) {
            var walk = new Walk(model, model.fresh(seed.child("weights")));
            var rates = new HalfwayDecay(config.epochs(), set.rate().item_double(), config.lrDecay());
            int n = Math.toIntExact(set.images().size(0));
            for (int epoch = 0; epoch < config.epochs() && !stopped.getAsBoolean(); epoch++) {
                if (epoch == rates.falls()) {
                    walk.forget();
                }
                var step = new ExpertStep(rates.at(epoch), config.momentum(), config.weightDecay(), 1, null);
                int[] order = seed.child("order").child(epoch).permutation(n);
                for (int from = 0; from < n; from += config.batchSize()) {
                    int[] rows = Arrays.copyOfRange(order, from, Math.min(n, from + config.batchSize()));
                    step(walk, step, set, rows, seed.child("dsa").child(epoch).child(from));
                }
            }
            return scope.keep(walk.theta());
        }
    }

    private void step(Walk walk, ExpertStep step, SyntheticSet set, int[] rows, Seed draw) {
        try (var scope = Scope.open()) {
            Tensor at = Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
            Tensor images = set.images().detach().index_select(0, at);
            Tensor changed =
                    dsa.draw(Tensors.shape(images), Siamese.Sharing.EACH, draw).apply(images);
            walk.step(step, images, changed, set.labels().detach().index_select(0, at));
        }
    }
}
