package org.counterweight.studies.fewgen;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.train.optimize.Gradients;

/** A small GPT-2 that knows the made language and has seen no label. */
final class MadeModel {
    static final int WIDTH = 32;

    /** The table of its words. */
    static final String TABLE = "transformer.wte.weight";

    static final Model MODEL = Architectures.of(Configs.yaml(
            """
            model_type: gpt2
            architectures: [GPT2LMHeadModel]
            vocab_size: %d
            n_positions: 20
            n_embd: %d
            n_layer: 2
            n_head: 2
            embd_pdrop: 0
            resid_pdrop: 0
            attn_pdrop: 0
            """
                    .formatted(SignalLanguage.WORDS, WIDTH),
            "the study's model"));

    private static final int ROWS = 64;

    private MadeModel() {}

    /** Its weights after it has read sentences of both labels, behind the words of prompts in either order. */
    static Map<String, Tensor> pretrained(Seed seed, Size size) {
        int steps = size.of(2000, 5);
        var weights = new LinkedHashMap<>(MODEL.initialize(seed.child("start").generator()));
        weights.replaceAll((name, tensor) -> tensor.requires_grad_(true));
        Params params = Params.of(weights);
        try (var adam = TrainConfig.of("{lr: 3e-3}").optimizer(weights)) {
            for (int step = 0; step < steps; step++) {
                try (var scope = Scope.open()) {
                    Batch batch = batch(seed.child("rows").child(step));
                    TokenCrossEntropy.CAUSAL
                            .losses(MODEL, params, batch, Pass.evaluation())
                            .perRow()
                            .mean()
                            .backward();
                    Gradients.clip(weights.values(), 1);
                    adam.step(1 - (double) step / steps);
                    Gradients.clear(weights.values());
                }
            }
        }
        weights.replaceAll((name, tensor) -> tensor.detach());
        return weights;
    }

    private static Batch batch(Seed seed) {
        List<long[]> sentences = SignalLanguage.sentences(ROWS / SignalLanguage.LABELS, seed);
        SplittableRandom random = seed.child("prompts").random();
        int width = SignalLanguage.LABELS + SignalLanguage.LENGTH + 1;
        long[] ids = new long[ROWS * width];
        for (int row = 0; row < ROWS; row++) {
            long[] prompt = SignalLanguage.prompt(random.nextInt(SignalLanguage.LABELS));
            System.arraycopy(prompt, 0, ids, row * width, prompt.length);
            System.arraycopy(sentences.get(row), 0, ids, row * width + prompt.length, SignalLanguage.LENGTH);
            ids[(row + 1) * width - 1] = SignalLanguage.END;
        }
        Tensor tokens = Tensors.longs(ids, ROWS, width);
        return new Batch(Map.of(Batch.INPUT_IDS, tokens, Batch.LABELS, tokens));
    }
}
