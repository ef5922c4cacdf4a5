package org.counterweight.model.zoo.decoder;

import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.attention.ScaledDotProduct;
import org.counterweight.model.part.attention.SelfAttention;
import org.counterweight.model.part.head.DecoderHead;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.LearnedPositions;
import org.counterweight.model.part.layer.Residual;
import org.counterweight.model.part.layer.TransformerLayer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Decoder} in the making: everything as Llama has it, read from the keys that Llama's config has, until a family
 * says otherwise. Lives as long as a config is read.
 */
public final class DecoderPlan {
    /**
     * What stands in a config that says nothing.
     *
     * @param keyValueHeads 0 for as many as heads
     * @param headSize 0 for width / heads
     */
    public record Defaults(
            int vocabulary, int width, int intermediate, int layers, int heads, int keyValueHeads, int headSize) {}

    public final ConfigJson config;
    public final int width;
    public final int layerCount;
    public final int intermediate;
    public final int heads;
    private final Head head;
    private final int vocabulary;
    private int keyValueHeads;
    public int headSize;
    public String base = "model";
    public Decoder.Names names = new Decoder.Names("embed_tokens", "layers", "norm");

    @Nullable
    public LearnedPositions positions;

    public double embeddingScale = 1;
    public double embeddingDropout;
    public IntFunction<Decoder.Kind> kind;
    public int rotarySize;
    public Projection projection = new Projection.Separate("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
    public String attentionOut = "self_attn.o_proj";
    public boolean attentionBias;
    public boolean attentionOutBias;
    public SelfAttention.@Nullable QueryKeyNorms queryKeyNorms;
    public double scoreScale;
    public double scoreCap;
    public FeedForward feedForward;

    /** The feed-forward part of layers that are plain; null for none. */
    @Nullable
    public FeedForward plain;

    public boolean causal = true;
    public int wordsWidth;
    public Norm norm;
    public TransformerLayer.Norms norms =
            new TransformerLayer.Norms("input_layernorm", null, "post_attention_layernorm", null);
    public boolean parallel;
    public Residual residual = Residual.PLAIN;
    public double residualDropout;
    public String words = "lm_head";
    public boolean wordsBias;
    public boolean tied;
    public double wordsDivisor = 1;
    public double wordsCap;
    public String tokenScores = "score";
    public double tokenDropout;
    public String initializer = "initializer_range";
    public int padding;
    public long longestRemembered = Long.MAX_VALUE;

    public DecoderPlan(ConfigJson config, Head head, Defaults defaults) {
        this.config = config;
        this.head = head;
        vocabulary = config.count("vocab_size", defaults.vocabulary());
        width = config.count("hidden_size", defaults.width());
        wordsWidth = width;
        layerCount = config.count("num_hidden_layers", defaults.layers());
        intermediate = config.count("intermediate_size", defaults.intermediate());
        heads = config.count("num_attention_heads", defaults.heads());
        keyValueHeads =
                config.count("num_key_value_heads", defaults.keyValueHeads() == 0 ? heads : defaults.keyValueHeads());
        headSize =
                config.count("head_dim", defaults.headSize() == 0 ? Math.max(1, width / heads) : defaults.headSize());
        rotarySize = headSize;
        scoreScale = 1 / Math.sqrt(headSize);
        norm = new Norm(Norm.Kind.RMS, config.number("rms_norm_eps", 1e-6));
        feedForward = gated(config.text("hidden_act", "silu"), false);
        Rope rope = Rope.of(config, 10000);
        kind = layer -> new Decoder.Kind(0, rope);
        padding = config.token("pad_token_id", -1);
        tokenDropout = config.probability("classifier_dropout", config.probability("hidden_dropout", 0.1));
        tied = config.flag("tie_word_embeddings", false);
    }

    /** As many keys as queries, of width / heads components, whatever keys of other families the config has. */
    public void multiHead() {
        keyValueHeads = heads;
        headSize = Math.max(1, width / heads);
        rotarySize = headSize;
        scoreScale = 1 / Math.sqrt(headSize);
    }

    /** gate, up and down of Llama, with that activation. */
    public FeedForward gated(String activation, boolean biased) {
        return new FeedForward.Gated(
                "mlp.gate_proj",
                "mlp.up_proj",
                "mlp.down_proj",
                Activation.named(activation, "hidden_act"),
                intermediate,
                biased);
    }

    /** Norms of queries and keys under their usual names. */
    public SelfAttention.QueryKeyNorms queryKeyNorms(boolean whole) {
        return new SelfAttention.QueryKeyNorms("self_attn.q_norm", "self_attn.k_norm", norm, whole);
    }

    /** The same rotary positions and window in every layer. */
    public void everyLayer(int window, Rope rope) {
        kind = layer -> new Decoder.Kind(window, rope);
    }

    /**
     * Layers that {@code layer_types} calls local and others, or that follow a rule where it says nothing.
     *
     * @param local of the layer's number
     */
    public void localLayers(IntFunction<Boolean> local, Decoder.Kind whereLocal, Decoder.Kind elsewhere) {
        List<String> types = config.texts("layer_types");
        if (!types.isEmpty() && types.size() < layerCount) {
            throw new ConfigException("layer_types", types, "one for each of " + layerCount + " layers");
        }
        kind = layer -> {
            if (types.isEmpty()) {
                return local.apply(layer) ? whereLocal : elsewhere;
            }
            return switch (types.get(layer)) {
                case "sliding_attention" -> whereLocal;
                case "full_attention" -> elsewhere;
                default ->
                    throw new ConfigException("layer_types", types.get(layer), "full_attention or sliding_attention");
            };
        };
    }

    /** Refuses a flag that changes the answers and is not supported. */
    public void require(String key, boolean value, boolean otherwise, String what) {
        if (config.flag(key, otherwise) != value) {
            throw new ConfigException(key, !value, value + ": " + what);
        }
    }

    public Decoder decoder() {
        if (headSize % 2 != 0 && rotarySize == headSize) {
            throw new ConfigException("head_dim", headSize, "an even number: rotary positions turn pairs");
        }
        var attention = new SelfAttention(
                heads,
                keyValueHeads,
                headSize,
                projection,
                attentionOut,
                attentionBias,
                attentionOutBias,
                queryKeyNorms,
                new ScaledDotProduct(causal, scoreScale, scoreCap, config.probability("attention_dropout", 0)));
        String prefix = head == Head.NONE ? "" : base + ".";
        return new Decoder(
                base,
                names,
                vocabulary,
                positions,
                embeddingScale,
                embeddingDropout,
                Collections.unmodifiableList(
                        IntStream.range(0, layerCount).mapToObj(kind).toList()),
                rotarySize,
                layer(attention, feedForward),
                plain == null ? null : layer(attention, plain),
                wordsWidth,
                norm,
                new DecoderHead(
                        head,
                        words,
                        wordsBias,
                        tied && head == Head.LANGUAGE ? prefix + names.words() : null,
                        wordsDivisor,
                        wordsCap,
                        head == Head.CLASSIFIER || head == Head.TOKEN_CLASSIFIER ? config.classes() : 0,
                        padding,
                        new DecoderHead.Tokens(tokenScores, tokenDropout)),
                config.number(initializer, 0.02),
                padding,
                longestRemembered);
    }

    private TransformerLayer layer(SelfAttention attention, FeedForward fed) {
        return new TransformerLayer(width, attention, fed, norm, norms, parallel, residual, residualDropout);
    }
}
