package org.counterweight.federate.run;

import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;

/** Tells how many of some rows a model gets right. */
record Judge(Model model, LabelledDataset rows) {
    private static final Batching BATCHES = Batching.of(256);

    /** What is made of an output: probabilities or scores {@code [rows, classes]}. */
    interface Answer {
        Tensor of(Output output);
    }

    /** The share of right answers by logits. */
    double accuracy(Map<String, Tensor> weights) {
        return accuracy(weights, Output::logits);
    }

    /** The mean cross entropy. */
    double loss(Map<String, Tensor> weights) {
        return Evaluator.of(BatchSource.byLength(rows, BATCHES), new CrossEntropy(0), rows.labelNames())
                .evaluate(model, Params.of(weights))
                .loss();
    }

    double accuracy(Map<String, Tensor> weights, Answer answer) {
        long right = 0;
        for (int[] numbers : BATCHES.byLength(rows)) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                Batch batch = rows.batch(numbers);
                Output output = model.forward(Params.of(weights), batch, Pass.evaluation());
                right += answer.of(output)
                        .argmax(new LongOptional(1), false)
                        .eq(batch.labels())
                        .sum()
                        .item_long();
            }
        }
        return (double) right / rows.size();
    }
}
