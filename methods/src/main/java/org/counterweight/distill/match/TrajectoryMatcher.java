package org.counterweight.distill.match;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.OuterStep;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.expert.Experts;
import org.counterweight.distill.gradient.MatchingGradient;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.settings.SoftLabels;
import org.counterweight.distill.siamese.Siamese;
import org.counterweight.distill.siamese.Transform;
import org.counterweight.distill.trajectory.Balance;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/** Images by which a short training goes where an expert went: MTT, AST and TESLA, by their settings. */
public record TrajectoryMatcher(DistillConfig config, FlatModel model, Experts.Recorded experts) implements Matcher {
    @Override
    public Outcome step(OuterStep.State before, Tensor labels, OuterStep outer, Seed seed) {
        try (var scope = Scope.open()) {
            SplittableRandom random = seed.child("segment").random();
            int expert = random.nextInt(experts.count());
            int start = random.nextInt(config.maxStartEpoch());
            Segment plain = Segment.of(experts.way(expert, start, config.expertEpochs()), 0, config.expertEpochs());
            Segment segment = plain.from(perturbed(plain.start(), seed.child("perturbation")));
            if (segment.isStill()) {
                return new Outcome(before, null, Double.NaN, true);
            }
            Tensor called = config.softLabels() == SoftLabels.TEACHER
                    ? model.probabilities(segment.way(segment.epochs()), before.images())
                    : null;
            var set = new SyntheticSet(before.images(), called == null ? labels : called, before.rate());
            double factor = config.balances() ? new Balance(config.maxStartEpoch()).factor(start) : 1;
            var matching = new Matching(model, config.momentum(), factor, config.between());
            MatchingGradient found =
                    config.chosenEngine().engine().gradient(matching, set, segment, batches(before.images(), seed));
            double loss = found.losses().total().item_double();
            if (!found.isFinite()) {
                return new Outcome(before, null, loss, false);
            }
            OuterStep.State after = outer.step(before, found.images(), found.rate());
            return new Outcome(after, called, loss, true).keptBy(scope);
        }
    }

    private Tensor perturbed(Tensor start, Seed seed) {
        if (config.perturbation().alpha() == 0) {
            return start;
        }
        Generator random = seed.generator();
        Tensor noise = torch.empty_like(start).normal_(0, 1, Tensors.optional(random));
        return config.perturbation().apply(model, start, noise);
    }

    /** What each inner step learns from: rows, and the one change of images that holds for this step. */
    private List<InnerBatch> batches(Tensor images, Seed seed) {
        int n = Math.toIntExact(images.size(0));
        int size = config.batchSyn() == null ? n : config.batchSyn();
        var batches = new ArrayList<InnerBatch>();
        for (Tensor rows : InnerBatch.rows(n, size, config.synSteps(), seed.child("rows"))) {
            long[] shape = {rows.size(0), images.size(1), images.size(2), images.size(3)};
            Transform change = config.dsa()
                    .draw(shape, Siamese.Sharing.EACH, seed.child("dsa").child(batches.size()));
            batches.add(new InnerBatch(rows, change));
        }
        return batches;
    }
}
