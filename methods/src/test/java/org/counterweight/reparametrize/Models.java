package org.counterweight.reparametrize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.junit.jupiter.api.Named;

/** Small models of every kind of weight, and rows for each. */
final class Models {
    private Models() {}

    static List<Named<Model>> all() {
        return List.of(
                Named.of("mlp", of("{model_type: mlp, inputs: 36, hidden_sizes: [7, 5], num_labels: 3}")),
                Named.of(
                        "convnet",
                        of(
                                "{model_type: convnet, num_channels: 1, image_size: 6, width: 4, depth: 1, norm: none, num_labels: 3}")),
                Named.of(
                        "resnet", of("{model_type: resnet, num_channels: 1, width: 3, depths: [1, 1], num_labels: 3}")),
                Named.of("conv1d", new Filters(1)),
                Named.of("conv3d", new Filters(3)),
                Named.of(
                        "lstm",
                        of("{model_type: lstm, vocab_size: 11, hidden_size: 6, num_hidden_layers: 2,"
                                + " architectures: [RecurrentForSequenceClassification], num_labels: 3}")),
                Named.of(
                        "gru",
                        of("{model_type: gru, vocab_size: 11, hidden_size: 6,"
                                + " architectures: [RecurrentForSequenceClassification], num_labels: 3}")),
                Named.of(
                        "bert",
                        of("{model_type: bert, vocab_size: 11, hidden_size: 8, num_hidden_layers: 1,"
                                + " num_attention_heads: 2, intermediate_size: 12, max_position_embeddings: 9,"
                                + " hidden_dropout_prob: 0.0, attention_probs_dropout_prob: 0.0, initializer_range: 0.3,"
                                + " architectures: [BertForSequenceClassification], num_labels: 3}")),
                Named.of(
                        "gpt2",
                        of("{model_type: gpt2, vocab_size: 11, n_embd: 8, n_layer: 1, n_head: 2, n_positions: 9,"
                                + " resid_pdrop: 0.0, embd_pdrop: 0.0, attn_pdrop: 0.0, initializer_range: 0.3,"
                                + " architectures: [GPT2ForSequenceClassification], num_labels: 3}")));
    }

    static Model of(String config) {
        return Architectures.of(Configs.yaml(config, "model"));
    }

    static Model named(String name) {
        return all().stream()
                .filter(model -> model.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getPayload();
    }

    /** Fresh weights of that type, all but running statistics to be trained. */
    static Params params(Model model, ScalarType type) {
        var weights = new LinkedHashMap<String, Tensor>();
        var buffers = model.modules().buffers();
        model.initialize(new Seed(3).generator())
                .forEach((name, tensor) -> weights.put(name, tensor.to(type).requires_grad_(!buffers.contains(name))));
        return Params.of(weights);
    }

    /** Rows in that type, with labels; the second text is padded. */
    static Batch batch(Model model, ScalarType type, int rows) {
        Tensor labels = torch.arange(Tensors.scalar(rows)).to(ScalarType.Long).remainder(Tensors.longs(new long[] {3}));
        if (model.modules().embeddings().isEmpty()) {
            Tensor images = torch.empty(rows, 1, 6, 6).normal_(0, 1, Tensors.optional(new Seed(5).generator()));
            return new Batch(Map.of(Batch.PIXEL_VALUES, images.to(type), Batch.LABELS, labels));
        }
        Tensor ids = torch.empty(rows, 5)
                .random_(1, new LongOptional(11), Tensors.optional(new Seed(5).generator()))
                .to(ScalarType.Long);
        Tensor mask = torch.ones_like(ids);
        Tensors.slice(mask, 1, 3, 5).select(0, 1).zero_();
        return new Batch(Map.of(Batch.INPUT_IDS, ids, Batch.ATTENTION_MASK, mask, Batch.LABELS, labels));
    }

    static Reparametrization method(String name, String settings) {
        return Choice.named(name, settings, "reparametrize", Reparametrization.class)
                .settings();
    }
}
