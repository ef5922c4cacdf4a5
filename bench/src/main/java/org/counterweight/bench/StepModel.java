package org.counterweight.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.TokenCrossEntropy;

/** A model whose steps are timed, with the modules that adapters stand at; {@code peer_step.py} builds the same. */
enum StepModel {
    ENCODER("""
            {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "vocab_size": 30522,
             "hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536,
             "max_position_embeddings": 512, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
             "num_labels": 26}
            """, List.of("query", "value"), Tells.TEXT_CLASSES),
    DECODER("""
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 32000, "hidden_size": 512,
             "intermediate_size": 1376, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 2,
             "max_position_embeddings": 512, "tie_word_embeddings": false}
            """, List.of("q_proj", "v_proj"), Tells.WORDS),
    /** DeBERTa-v3's form in MiniLM's size. */
    DEBERTA("""
            {"model_type": "deberta-v2", "architectures": ["DebertaV2ForSequenceClassification"], "vocab_size": 30522,
             "hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536,
             "max_position_embeddings": 512, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
             "pooler_dropout": 0.0, "relative_attention": true, "position_buckets": 256, "max_relative_positions": -1,
             "norm_rel_ebd": "layer_norm", "share_att_key": true, "pos_att_type": ["p2c", "c2p"], "type_vocab_size": 0,
             "position_biased_input": false, "pooler_hidden_size": 384, "pooler_hidden_act": "gelu", "num_labels": 26}
            """, List.of("query_proj", "value_proj"), Tells.TEXT_CLASSES),
    /** T5-small with four of its six layers on each side. */
    T5("""
            {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "vocab_size": 32128, "d_model": 512,
             "d_kv": 64, "d_ff": 2048, "num_layers": 4, "num_decoder_layers": 4, "num_heads": 8, "dropout_rate": 0.0,
             "decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0, "feed_forward_proj": "relu",
             "tie_word_embeddings": true}
            """, List.of("q", "v"), Tells.ANSWERS),
    /** ViT in MiniLM's size, on images of 112 x 112 in patches of 16: 50 tokens. */
    VIT("""
            {"model_type": "vit", "architectures": ["ViTForImageClassification"], "hidden_size": 384,
             "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536, "image_size": 112,
             "patch_size": 16, "num_channels": 3, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
             "num_labels": 26}
            """, List.of("query", "value"), Tells.IMAGE_CLASSES),
    RESNET("""
            {"model_type": "resnet", "num_channels": 3, "width": 16, "depths": [3, 3, 3], "norm": "batch",
             "num_labels": 10}
            """, List.of(), Tells.IMAGE_CLASSES);

    /** Tokens of an answer. */
    private static final int ANSWER = 16;

    private static final int CLASSES = 26;

    private final String config;
    private final List<String> targets;
    private final Tells tells;

    private enum Tells {
        TEXT_CLASSES,
        WORDS,
        ANSWERS,
        IMAGE_CLASSES
    }

    StepModel(String config, List<String> targets, Tells tells) {
        this.config = config;
        this.targets = targets;
        this.tells = tells;
    }

    static StepModel named(String word) {
        return Arrays.stream(values())
                .filter(model -> model.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "--model",
                        word,
                        "one of " + Arrays.stream(values()).map(StepModel::word).collect(Collectors.joining(", "))));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String config() {
        return config;
    }

    /** The modules that adapters stand at. */
    List<String> targets() {
        return targets;
    }

    /** Whether the classifier is trained beside the adapter, as PEFT's {@code modules_to_save} has it. */
    boolean trainsHead() {
        return tells == Tells.TEXT_CLASSES || this == VIT;
    }

    Objective objective() {
        return switch (tells) {
            case TEXT_CLASSES, IMAGE_CLASSES -> new CrossEntropy(0);
            case WORDS -> TokenCrossEntropy.CAUSAL;
            case ANSWERS -> TokenCrossEntropy.MASKED;
        };
    }

    /** One batch of rows drawn at random. */
    Batch batch(int rows, int length, Generator random) {
        var draw = new Seed(2).random();
        if (tells == Tells.IMAGE_CLASSES) {
            int side = this == VIT ? 112 : 32;
            int kinds = this == VIT ? CLASSES : 10;
            Tensor images = Tensors.zeros(rows, 3, side, side).normal_(0, 1, Tensors.optional(random));
            long[] classes = new long[rows];
            Arrays.setAll(classes, i -> i % kinds);
            return new Batch(Map.of(Batch.PIXEL_VALUES, images, Batch.LABELS, Tensors.longs(classes, rows)));
        }
        long[] ids = new long[rows * length];
        Arrays.setAll(ids, i -> 1000 + draw.nextInt(20000));
        Tensor tokens = Tensors.longs(ids, rows, length);
        if (tells == Tells.WORDS) {
            return new Batch(Map.of(Batch.INPUT_IDS, tokens, Batch.LABELS, tokens.clone()));
        }
        if (tells == Tells.TEXT_CLASSES) {
            long[] classes = new long[rows];
            Arrays.setAll(classes, i -> draw.nextInt(CLASSES));
            return new Batch(Map.of(Batch.INPUT_IDS, tokens, Batch.LABELS, Tensors.longs(classes, rows)));
        }
        long[] answers = new long[rows * ANSWER];
        Arrays.setAll(answers, i -> 1000 + draw.nextInt(20000));
        long[] before = new long[answers.length]; // the same one place on, behind the token that answers begin with
        Arrays.setAll(before, i -> i % ANSWER == 0 ? 0 : answers[i - 1]);
        return new Batch(Map.of(
                Batch.INPUT_IDS, tokens,
                Batch.DECODER_INPUT_IDS, Tensors.longs(before, rows, ANSWER),
                Batch.LABELS, Tensors.longs(answers, rows, ANSWER)));
    }
}
