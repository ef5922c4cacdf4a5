package org.counterweight.federate.run;

import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.Split;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.personal.NearestNeighbours;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/** What the target's own rows add to a global model's answers: kNN-Per. */
record Neighbours(FederateConfig config, Model model, LabelledDataset rows) {
    private static final int GRID = 10;
    private static final double HELD = 0.3;

    /** λ from a grid, by a part of the target's rows that does not vote. */
    double share(Map<String, Tensor> weights, Seed seed) {
        if (rows.size() < 2 * GRID) {
            return 0.5; // too few to hold any out
        }
        Split<LabelledDataset> parts = Split.stratified(rows, 0, HELD, seed);
        var voting = new Neighbours(config, model, parts.train());
        var judge = new Judge(model, parts.test());
        double best = 0;
        double accuracy = -1;
        for (int i = 0; i <= GRID; i++) {
            double share = (double) i / GRID;
            double found = voting.accuracy(judge, weights, share);
            if (found > accuracy) {
                best = share;
                accuracy = found;
            }
        }
        return best;
    }

    /** The share of right answers of votes and model together. */
    double accuracy(Judge judge, Map<String, Tensor> weights, double share) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Batch batch = rows.batch(IntStream.range(0, rows.size()).toArray());
            Tensor keys = features(model.forward(Params.of(weights), batch, Pass.evaluation()));
            var votes = new NearestNeighbours(
                    keys, batch.labels(), rows.labelNames().size(), config.k());
            return judge.accuracy(
                    weights, output -> votes.mixed(features(output), Tensors.softmax(output.logits(), 1), share));
        }
    }

    private static Tensor features(Output output) {
        return output.features().flatten(1, -1);
    }
}
