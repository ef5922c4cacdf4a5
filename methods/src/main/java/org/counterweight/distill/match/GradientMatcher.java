package org.counterweight.distill.match;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.OuterStep;
import org.counterweight.distill.baseline.GradientMatching;
import org.counterweight.distill.expert.ExpertStep;
import org.counterweight.distill.expert.Walk;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.siamese.Siamese;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * DC, and DSA where images are changed: a network fresh in each step is trained on the images, and before each stretch of that
 * training the gradients of real and synthetic images are drawn together. How often, and how long the stretches are, goes by
 * the number of images a class, as in the official code.
 */
public record GradientMatcher(DistillConfig config, FlatModel model, RealImages real) implements Matcher {
    private static final GradientMatching MATCHING = new GradientMatching(1e-6);
    private static final ExpertStep STEP = new ExpertStep(0.01, 0, 0, 1, null); // of the network: plain descent

    /**
     * How often images move with one network, and how many steps it learns from them in between.
     *
     * @param outer moves of the images
     * @param inner steps of the network after each but the last
     */
    record Loops(int outer, int inner) {
        static Loops of(int ipc) {
            if (ipc == 1) {
                return new Loops(1, 1);
            }
            return ipc < 50 ? new Loops(10, 50) : new Loops(50, 10);
        }
    }

    @Override
    public Outcome step(OuterStep.State before, Tensor labels, OuterStep outer, Seed seed) {
        try (var scope = Scope.open()) {
            Loops loops = Loops.of(config.ipc());
            var walk = new Walk(model, model.fresh(seed.child("weights")));
            OuterStep.State state = before;
            double losses = 0;
            for (int move = 0; move < loops.outer(); move++) {
                Seed own = seed.child(move);
                Outcome moved = move(state, walk.theta(), outer, own);
                if (!moved.isFinite()) {
                    return new Outcome(before, null, moved.loss(), false);
                }
                state = moved.state();
                losses += moved.loss() / loops.outer();
                if (move < loops.outer() - 1) {
                    train(walk, state, labels, loops.inner(), own.child("train"));
                }
            }
            return new Outcome(state.keptBy(scope), null, losses, true);
        }
    }

    private Outcome move(OuterStep.State state, Tensor theta, OuterStep outer, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor images = state.images().detach().requires_grad_(true);
            Pairs pairs = Pairs.of(config, real, images, seed);
            Tensor start = theta.detach().requires_grad_(true);
            Tensor loss = MATCHING.loss(model, start, pairs.real(), pairs.synthetic());
            return FeatureMatcher.moved(state, outer, loss, images).keptBy(scope);
        }
    }

    private void train(Walk walk, OuterStep.State state, Tensor labels, int steps, Seed seed) {
        for (int s = 0; s < steps; s++) {
            try (var scope = Scope.open()) {
                Tensor images = state.images().detach();
                Tensor changed = config.dsa()
                        .draw(Tensors.shape(images), Siamese.Sharing.EACH, seed.child(s))
                        .apply(images);
                walk.step(STEP, images, changed, labels);
            }
        }
    }
}
