package org.counterweight.audit;

import static org.counterweight.engine.Tensors.toDoubles;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Which words are likely to flip answers, to first order: a neutral word n is put into every probe, and each word w scores
 * (E_w − E_n) · mean ∂ log p_c / ∂E_n for each class c. One backward pass a class for all words. It misses what first order
 * misses, so that a scan of the best says how many were left out.
 */
public final class Screening {
    private Screening() {}

    /**
     * The scores of all words, {@code [classes][words]}.
     *
     * @param embedding the full name of the table of words
     * @param neutral a word that stands in no probe
     */
    public static double[][] scores(Model model, Params params, Probes probes, String embedding, long neutral) {
        double[][] scores = new double[probes.classes()][];
        try (var scope = Scope.open()) {
            Tensor table = params.weight(embedding).detach();
            Tensor learnt = table.clone().requires_grad_(true);
            Map<String, Tensor> one = new LinkedHashMap<>();
            one.put(embedding, learnt);
            Params watched = params.replacing(one);
            Batch batch = Probes.batch(probes.with(neutral));
            for (int target = 0; target < scores.length; target++) {
                try (var inner = Scope.open()) {
                    Tensor likely = model.forward(watched, batch, Pass.evaluation())
                            .logits()
                            .log_softmax(1)
                            .select(1, target)
                            .mean();
                    Tensor gradient = Tensors.gradients(likely, false, learnt)[0].select(0, neutral);
                    scores[target] = toDoubles(torch.mv(table.sub(table.select(0, neutral)), gradient));
                }
            }
        }
        return scores;
    }
}
