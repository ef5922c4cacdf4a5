package org.counterweight.model.zoo.encoder;

import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.part.attention.RelativeBias;
import org.counterweight.model.part.head.EncoderHead;
import org.counterweight.model.part.layer.Convolved;
import org.counterweight.model.part.layer.Disentangled;
import org.counterweight.model.part.layer.EncoderEmbeddings;
import org.counterweight.model.part.layer.EncoderLayer;
import org.counterweight.model.part.layer.LearnedPositions;
import org.counterweight.model.part.layer.LearnedPositions.Counted;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Encoder} in the making: everything as BERT has it, read from the keys that BERT's config has, until a family
 * says otherwise. Lives as long as a config is read.
 */
final class EncoderPlan {
    /** What stands in a config that says nothing. */
    record Defaults(int vocabulary, int width, int intermediate, int layers, int heads, int padding) {}

    static final Defaults BASE = new Defaults(30522, 768, 3072, 12, 12, 0);
    private static final String POSITIONS = "embeddings.position_embeddings";

    final ConfigJson config;
    final Head head;
    final String base;
    final int vocabulary;
    final int width;
    final int intermediate;
    final int layerCount;
    final int heads;
    final int padding;
    final double dropout;
    Activation activation;
    Norm norm;

    @Nullable
    LearnedPositions positions;

    int tokenTypes;
    int embeddingWidth;

    EncoderEmbeddings.@Nullable Projection projection;

    boolean masksEmbeddings;
    List<String> paths;
    EncoderLayer.Names names = new EncoderLayer.Names(
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm",
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm");
    double embeddingDropout;
    double attentionDropout;
    double attendedDropout;
    double fedDropout;

    @Nullable
    RelativeBias bias;

    @Nullable
    Disentangled distances;

    @Nullable
    Convolved convolved;

    private boolean causal;
    EncoderHead.Sentence sentence;
    String wordsDense = "cls.predictions.transform.dense";
    String wordsNorm = "cls.predictions.transform.LayerNorm";
    String wordsTied = "cls.predictions.decoder";
    String wordsBias = "cls.predictions.bias";
    Activation wordsActivation;

    /** Whether words are predicted by the words' table: {@code tie_word_embeddings}. */
    boolean tied;

    EncoderPlan(ConfigJson config, Head head, String base, Defaults defaults) {
        this.config = config;
        this.head = head;
        this.base = base;
        vocabulary = config.count("vocab_size", defaults.vocabulary());
        width = config.count("hidden_size", config.count("dim", defaults.width()));
        intermediate = config.count("intermediate_size", config.count("hidden_dim", defaults.intermediate()));
        layerCount = config.count("num_hidden_layers", config.count("n_layers", defaults.layers()));
        heads = config.count("num_attention_heads", config.count("n_heads", defaults.heads()));
        padding = config.token("pad_token_id", defaults.padding());
        dropout = config.probability("hidden_dropout_prob", config.probability("dropout", 0.1));
        activation = Activation.named(config.text("hidden_act", "gelu"), "hidden_act");
        wordsActivation = activation;
        tied = config.flag("tie_word_embeddings", true);
        norm = new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-12));
        positions = new LearnedPositions(POSITIONS, rows(config), 0, Counted.COLUMNS, padding);
        tokenTypes = config.size("type_vocab_size", 2);
        embeddingWidth = width;
        paths = numbered("encoder.layer.");
        attentionDropout = config.probability("attention_probs_dropout_prob", 0.1);
        embeddingDropout = dropout;
        attendedDropout = dropout;
        fedDropout = dropout;
        sentence = pooler("pooler.dense", Activation.TANH, config.probability("classifier_dropout", dropout));
    }

    /** The rows of the table of positions. */
    static int rows(ConfigJson config) {
        return config.count("max_position_embeddings", 512);
    }

    /** The longest text, where the first word has the row behind the padding token's. */
    static int rowsBehindPadding(ConfigJson config) {
        return rows(config) - (config.token("pad_token_id", 1) + 1);
    }

    /** The layers by their numbers. */
    List<String> numbered(String path) {
        return IntStream.range(0, layerCount).mapToObj(i -> path + i).toList();
    }

    /** Positions that count words alone, from the row behind that padding token's. */
    void countWords(int passedOver) {
        positions = new LearnedPositions(POSITIONS, rows(config), passedOver + 1, Counted.WORDS, passedOver);
    }

    /** Where {@code is_decoder} says so, a token sees those up to itself alone. */
    void mayDecode() {
        causal = config.flag("is_decoder", false);
        if (causal && config.flag("add_cross_attention", false)) {
            throw new ConfigException("add_cross_attention", true, "false: a decoder without an encoder beside it");
        }
    }

    /** A classifier that reads a pooler of the base model. */
    EncoderHead.Sentence pooler(String dense, Activation f, double after) {
        String name = head == Head.NONE ? dense : base + "." + dense;
        return new EncoderHead.Sentence(name, null, f, 0, after, EncoderHead.CLASSIFIER);
    }

    /** A classifier of two layers of its own. */
    EncoderHead.Sentence own(Activation f) {
        double p = config.probability("classifier_dropout", dropout);
        return new EncoderHead.Sentence("classifier.dense", EncoderHead.CLASSIFIER, f, p, p, "classifier.out_proj");
    }

    /** The names of RoBERTa's head for words. */
    void robertaWords() {
        wordsDense = "lm_head.dense";
        wordsNorm = "lm_head.layer_norm";
        wordsTied = "lm_head.decoder";
        wordsBias = "lm_head.bias";
        wordsActivation = Activation.GELU;
    }

    Encoder encoder() {
        if (!config.text("position_embedding_type", "absolute").equals("absolute")) {
            throw new ConfigException(
                    "position_embedding_type", config.text("position_embedding_type", ""), "\"absolute\"");
        }
        if (config.flag("is_decoder", false) && !causal) {
            throw new ConfigException("is_decoder", true, "false: this encoder reads in both directions");
        }
        String prefix = head == Head.NONE ? "" : base + ".";
        return new Encoder(
                base,
                new EncoderEmbeddings(
                        vocabulary,
                        embeddingWidth,
                        positions,
                        tokenTypes,
                        masksEmbeddings,
                        norm,
                        embeddingDropout,
                        projection),
                paths,
                new EncoderLayer(
                        names,
                        width,
                        heads,
                        intermediate,
                        activation,
                        norm,
                        distances,
                        causal,
                        attentionDropout,
                        attendedDropout,
                        fedDropout),
                bias,
                convolved,
                new EncoderHead(
                        head,
                        pooling(config),
                        sentence,
                        new EncoderHead.Words(
                                wordsDense,
                                wordsNorm,
                                wordsTied,
                                wordsBias,
                                wordsActivation,
                                norm,
                                tied ? prefix + EncoderEmbeddings.WORDS : null,
                                vocabulary,
                                embeddingWidth),
                        head == Head.CLASSIFIER || head == Head.TOKEN_CLASSIFIER ? config.classes() : 0),
                config.number("initializer_range", 0.02),
                padding);
    }

    private static Pooling pooling(ConfigJson config) {
        String pooling = config.text("pooling", "pooler");
        if (!pooling.equals("pooler") && !pooling.equals("mean")) {
            throw new ConfigException("pooling", pooling, "one of pooler, mean");
        }
        return pooling.equals("mean") ? Pooling.MEAN : Pooling.POOLER;
    }
}
