package org.counterweight.model.zoo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
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
import org.counterweight.model.zoo.answer.T5;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.Gpt2;
import org.counterweight.model.zoo.decoder.Recurrent;
import org.counterweight.model.zoo.encoder.Bert;
import org.counterweight.model.zoo.encoder.Encoder;
import org.counterweight.model.zoo.encoder.ModernBert;
import org.counterweight.model.zoo.family.Family;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.model.zoo.image.ConvNext;
import org.counterweight.model.zoo.image.ImageTransformer;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.model.zoo.image.PhotoResNet;
import org.counterweight.model.zoo.image.ResNet;
import org.counterweight.model.zoo.llama.Llama;
import org.counterweight.model.zoo.pair.Clip;
import org.counterweight.model.zoo.pair.ClipTower;
import org.junit.jupiter.api.Named;
import tools.jackson.databind.node.ObjectNode;

/** Every architecture with every head, as small as it goes. */
final class Zoo {
    static final int VOCABULARY = 11;
    static final int CLASSES = 3;

    private Zoo() {}

    static List<Named<Model>> all() {
        var all = new ArrayList<Named<Model>>();
        for (Family family : Families.all()) {
            family.classes()
                    .forEach((name, head) -> all.add(Named.of(
                            name,
                            of(family.type(), name, name.equals(family.decoding()) ? "\"is_decoder\": true" : ""))));
        }
        all.add(Named.of("bert of means", bert(Head.CLASSIFIER, Pooling.MEAN)));
        all.add(Named.of(
                "DebertaV2 of distances",
                of(
                        "deberta-v2",
                        "DebertaV2ForSequenceClassification",
                        "\"relative_attention\": true, \"pos_att_type\": [\"c2p\", \"p2c\"]")));
        all.add(Named.of(
                "DebertaV2 with a convolution",
                of(
                        "deberta-v2",
                        "DebertaV2Model",
                        "\"conv_kernel_size\": 3, \"conv_groups\": 2, \"embedding_size\": 6")));
        all.add(Named.of(
                "OPT with norms of sums",
                of("opt", "OPTForCausalLM", "\"do_layer_norm_before\": false, \"word_embed_proj_dim\": 6")));
        all.add(Named.of(
                "Gemma3 both ways",
                of("gemma3_text", "Gemma3TextModel", "\"use_bidirectional_attention\": true, \"sliding_window\": 2")));
        all.add(Named.of(
                "Qwen3Moe with a plain layer", of("qwen3_moe", "Qwen3MoeForCausalLM", "\"mlp_only_layers\": [1]")));
        all.add(Named.of("Bert untied", of("bert", "BertForMaskedLM", "\"tie_word_embeddings\": false")));
        all.add(Named.of("gpt2 untied", gpt2(Head.LANGUAGE, false)));
        all.add(Named.of("llama tied", llama(Head.LANGUAGE, true)));
        all.add(Named.of("mlp", new Mlp(36, List.of(5, 4), CLASSES, Activation.TANH, 0)));
        for (Normalization norm : Normalization.values()) {
            all.add(Named.of("convnet " + norm, new ConvNet(1, 6, 3, 1, norm, CLASSES)));
            all.add(Named.of("resnet " + norm, new ResNet(1, 3, List.of(1, 1), norm, CLASSES)));
        }
        return all;
    }

    static Model recurrent(Recurrence cell, Head head) {
        return of(
                cell.name().toLowerCase(Locale.ROOT),
                Objects.requireNonNull(Recurrent.LSTM.className(head)),
                "\"embedding_size\": 5, \"hidden_size\": 6, \"pad_token_id\": null");
    }

    /** Sizes under all names that families have for them, and without dropout; {@code more} changes them. */
    static Model of(String type, String architecture, String more) {
        ObjectNode config = Configs.json("""
                {"vocab_size": 11, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 12,
                 "num_key_value_heads": 2, "head_dim": 4, "max_position_embeddings": 12, "num_labels": 3,
                 "dim": 8, "n_layers": 2, "n_heads": 4, "hidden_dim": 12, "ffn_dim": 12,
                 "n_embd": 8, "n_layer": 2, "n_head": 2, "n_inner": 12, "n_positions": 9, "pad_token_id": 0,
                 "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0, "classifier_dropout": 0, "dropout": 0,
                 "attention_dropout": 0, "seq_classif_dropout": 0, "classifier_dropout_prob": 0,
                 "embd_pdrop": 0, "resid_pdrop": 0, "attn_pdrop": 0, "initializer_range": 0.3, "init_std": 0.3,
                 "partial_rotary_factor": 1, "num_local_experts": 3, "num_experts": 3, "num_experts_per_tok": 2,
                 "moe_intermediate_size": 6, "image_size": 6, "patch_size": 3, "num_channels": 1, "mlp_ratio": 2,
                 "embedding_size": 8, "hidden_sizes": [4, 8], "depths": [1, 2], "layer_scale_init_value": 0.5,
                 "d_model": 8, "d_kv": 3, "d_ff": 12, "num_layers": 2, "num_heads": 2, "dropout_rate": 0,
                 "projection_dim": 5, "eos_token_id": 7, "relative_attention_num_buckets": 32,
                 "relative_attention_max_distance": 64}
                """, type);
        if (type.equals("albert") || type.equals("electra")) {
            config.put("embedding_size", 6); // a width of their own, which they can have
        }
        config.setAll(Configs.json("{" + more + "}", type));
        config.put("model_type", type).putArray("architectures").add(architecture);
        if (type.equals("convnext")) {
            config.put("patch_size", 2); // its later stages halve what is left
        }
        if (type.equals("resnet")) {
            config.put("hidden_act", "gelu"); // fewer corners that a step of a difference could pass
        }
        for (String tower : List.of("text_config", "vision_config")) {
            config.set(tower, config.deepCopy());
        }
        return Architectures.of(config);
    }

    private static Model of(Family family, Head head, String more) {
        return of(family.type(), Objects.requireNonNull(family.className(head)), more);
    }

    static Model bert(Head head, Pooling pooling) {
        String sizes = "\"num_attention_heads\": 2, \"max_position_embeddings\": 9";
        return of(Bert.FAMILY, head, sizes + (pooling == Pooling.MEAN ? ", \"pooling\": \"mean\"" : ""));
    }

    static Model gpt2(Head head, boolean tied) {
        return of(Gpt2.FAMILY, head, "\"pad_token_id\": null, \"tie_word_embeddings\": " + tied);
    }

    static Model llama(Head head, boolean tied) {
        String sizes = "\"head_dim\": 2, \"pad_token_id\": null, \"tie_word_embeddings\": ";
        return of(Llama.FAMILY, head, sizes + tied);
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

    /** The points at layers: those that have others in them, or all where none has. */
    static List<String> layers(Model model) {
        List<String> around = model.points().stream()
                .filter(point -> model.points().stream().anyMatch(other -> other.startsWith(point + ".")))
                .toList();
        return around.isEmpty() ? model.points() : around;
    }

    /** As ALBERT does. */
    static boolean passesLayersAgain(Model model) {
        return model instanceof Encoder encoder
                && new HashSet<>(encoder.paths()).size() < encoder.paths().size();
    }

    /** Two texts, the second padded at its end; or three images. */
    static Batch batch(Model model, ScalarType type) {
        int side = model instanceof PhotoResNet ? 16 : 6; // of which its second stage leaves an eighth
        Tensor images = torch.empty(3, 1, side, side).normal_(0, 1, Tensors.optional(new Seed(5).generator()));
        if (!readsText(model)) {
            return new Batch(Map.of(Batch.PIXEL_VALUES, images.to(type)));
        }
        var texts = new Batch(Map.of(
                Batch.INPUT_IDS,
                Tensors.longs(new long[] {3, 4, model instanceof T5 ? 7 : 5, 6, 7, 8, 9, 0}, 2, 4), // 7 ends T5's texts
                Batch.ATTENTION_MASK,
                Tensors.longs(new long[] {1, 1, 1, 1, 1, 1, 1, 0}, 2, 4)));
        if (model instanceof Clip) {
            return texts.with(Batch.PIXEL_VALUES, images.to(type));
        }
        return model instanceof T5 && model.answerStart().isPresent()
                ? texts.with(Batch.DECODER_INPUT_IDS, Tensors.longs(new long[] {0, 5, 6, 0, 3, 2}, 2, 3))
                : texts;
    }

    static boolean isClassifier(Model model) {
        return head(model) == Head.CLASSIFIER;
    }

    private static Head head(Model model) {
        if (model instanceof Encoder encoder) {
            return encoder.head().kind();
        }
        if (model instanceof Decoder decoder) {
            return decoder.head().kind();
        }
        if (model instanceof ModernBert modern) {
            return modern.head().kind();
        }
        if (model instanceof Gpt2 gpt2) {
            return gpt2.head();
        }
        if (model instanceof Recurrent recurrent) {
            return recurrent.head();
        }
        if (model instanceof T5 t5) {
            return t5.head().kind();
        }
        if (model instanceof ImageTransformer images) {
            return tokensTold(model) > 1 ? Head.NONE : images.head().kind();
        }
        if (model instanceof ConvNext convNext) {
            return convNext.head();
        }
        if (model instanceof PhotoResNet resNet) {
            return resNet.head();
        }
        return model instanceof Clip || model instanceof ClipTower ? Head.NONE : Head.CLASSIFIER;
    }

    /** Of how many tokens a head tells classes, each by a module of its own: two in DeiT with a teacher, which is not trained on. */
    static int tokensTold(Model model) {
        return model instanceof ImageTransformer images ? images.head().scores().size() : 1;
    }

    static boolean isLanguageModel(Model model) {
        return model.modules().tiedEmbedding() != null
                || model.modules().heads().contains("lm_head")
                || model.modules().heads().contains("embed_out") // GPT-NeoX's name for it
                || model.modules().heads().contains("cls"); // BERT's, also where it has a table of its own
    }

    /** A class for each row. */
    static Tensor labels(Batch batch) {
        return Tensors.longs(batch.rows() == 3 ? new long[] {0, 2, 1} : new long[] {2, 0});
    }
}
