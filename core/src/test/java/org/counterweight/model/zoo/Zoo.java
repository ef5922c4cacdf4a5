package org.counterweight.model.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.part.Recurrence;
import org.counterweight.model.part.Rope;
import org.junit.jupiter.api.Named;

/** Every architecture with every head, as small as it goes. */
final class Zoo {
    static final int VOCABULARY = 11;
    static final int CLASSES = 3;

    private Zoo() {}

    static List<Named<Model>> all() {
        var all = new ArrayList<Named<Model>>();
        for (Head head : Head.values()) {
            all.add(Named.of("bert " + head, bert(head, Pooling.POOLER)));
            all.add(Named.of("gpt2 " + head, gpt2(head, true)));
            all.add(Named.of("llama " + head, llama(head, false)));
            all.add(Named.of("lstm " + head, recurrent(Recurrence.LSTM, head)));
            all.add(Named.of("gru " + head, recurrent(Recurrence.GRU, head)));
        }
        all.add(Named.of("bert of means", bert(Head.CLASSIFIER, Pooling.MEAN)));
        all.add(Named.of("gpt2 untied", gpt2(Head.LANGUAGE, false)));
        all.add(Named.of("llama tied", llama(Head.LANGUAGE, true)));
        all.add(Named.of("mlp", new Mlp(36, List.of(5, 4), CLASSES, Activation.TANH, 0)));
        for (Normalization norm : Normalization.values()) {
            all.add(Named.of("convnet " + norm, new ConvNet(1, 6, 3, 1, norm, CLASSES)));
            all.add(Named.of("resnet " + norm, new ResNet(1, 3, List.of(1, 1), norm, CLASSES)));
        }
        return all;
    }

    static Recurrent recurrent(Recurrence cell, Head head) {
        return new Recurrent(cell, VOCABULARY, 5, 6, 2, 0, -1, head, CLASSES);
    }

    static Bert bert(Head head, Pooling pooling) {
        return new Bert(VOCABULARY, 8, 2, 2, 12, 9, 2, Activation.GELU, 1e-12, 0, 0, 0, 0.3, 0, head, pooling, CLASSES);
    }

    static Gpt2 gpt2(Head head, boolean tied) {
        return new Gpt2(
                VOCABULARY,
                8,
                2,
                2,
                12,
                9,
                Activation.GELU_TANH,
                1e-5,
                0,
                0,
                0,
                true,
                false,
                0.3,
                -1,
                tied,
                head,
                CLASSES);
    }

    static Llama llama(Head head, boolean tied) {
        return new Llama(
                VOCABULARY,
                8,
                2,
                4,
                2,
                2,
                12,
                Activation.SILU,
                1e-6,
                new Rope(10000, new Rope.Linear(1)),
                false,
                false,
                0,
                0.3,
                -1,
                tied,
                head,
                CLASSES);
    }

    /** Seeded weights in that type. */
    static Params params(Model model, ScalarType type) {
        var weights = new LinkedHashMap<String, Tensor>();
        model.initialize(new Seed(3).generator()).forEach((name, tensor) -> weights.put(name, tensor.to(type)));
        return Params.of(weights);
    }

    static boolean readsText(Model model) {
        return !model.modules().embeddings().isEmpty();
    }

    /** Two texts, the second padded at its end; or three images. */
    static Batch batch(Model model, ScalarType type) {
        if (!readsText(model)) {
            Tensor images = torch.empty(3, 1, 6, 6).normal_(0, 1, Tensors.optional(new Seed(5).generator()));
            return new Batch(Map.of(Batch.PIXEL_VALUES, images.to(type)));
        }
        return new Batch(Map.of(
                Batch.INPUT_IDS, Tensors.longs(new long[] {3, 4, 5, 6, 7, 8, 9, 0}, 2, 4),
                Batch.ATTENTION_MASK, Tensors.longs(new long[] {1, 1, 1, 1, 1, 1, 1, 0}, 2, 4)));
    }

    static boolean isClassifier(Model model) {
        return model.modules().heads().equals(List.of("classifier"))
                || model.modules().heads().equals(List.of("score"))
                || !readsText(model);
    }

    static boolean isLanguageModel(Model model) {
        return model.modules().tiedEmbedding() != null
                || model.modules().heads().contains("lm_head");
    }

    /** A class for each row. */
    static Tensor labels(Batch batch) {
        return Tensors.longs(batch.rows() == 3 ? new long[] {0, 2, 1} : new long[] {2, 0});
    }
}
