package org.counterweight.shift.fairness.penalty;

import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;
import org.counterweight.shift.fairness.judge.FairRows;
import org.counterweight.train.event.Moment;
import org.counterweight.train.objective.Objective;

/** A run's loss with ρ times the squared soft gap of each batch beside it. Evaluations see the loss alone. */
record FairPenalty(Objective plain, FairPenaltyConfig config, FairRows rows) implements Objective {
    private static final String WEIGHT = "weight"; // of rows that stand for several

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        return plain.losses(model, params, batch, pass);
    }

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass, Moment at) {
        Output output = model.forward(params, batch, pass);
        Losses losses = plain.losses(new Answered(model, output), params, batch, pass, at);
        Tensor probabilities = rows.margins(output.logits()).sigmoid();
        Tensor given = batch.find(WEIGHT);
        Tensor weights = given == null ? torch.ones_like(probabilities) : given.to(ScalarType.Double);
        Tensor gap = SoftGap.squared(probabilities, rows.cellsOf(batch), weights, config.constraint());
        Tensor term = Tensors.times(gap, config.rho()).to(losses.perRow().scalar_type());
        return losses.with(losses.term() == null ? term : losses.term().add(term));
    }

    /** A model that has been asked, so that the loss need not ask it again. */
    private record Answered(Model model, Output output) implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            return output;
        }

        @Override
        public Map<String, long[]> shapes() {
            return model.shapes();
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            return model.initialize(random);
        }

        @Override
        public Modules modules() {
            return model.modules();
        }
    }
}
