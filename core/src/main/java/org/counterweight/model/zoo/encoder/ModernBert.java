package org.counterweight.model.zoo.encoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.attention.ScaledDotProduct;
import org.counterweight.model.part.attention.SelfAttention;
import org.counterweight.model.part.head.ModernHead;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.Residual;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.family.Family;
import org.jspecify.annotations.Nullable;

/**
 * ModernBERT: an encoder with norms before its sub-layers, rotary positions, gated feed-forward parts, and two of three
 * layers that see neighbours alone. B. Warner et al., "Smarter, Better, Faster, Longer: A Modern Bidirectional Encoder",
 * 2024.
 *
 * <p>Points: {@code …attn.Wo} and {@code …mlp.Wo}, what a sub-layer gives, before the residual sum; {@code …layers.N}, what
 * a layer gives.
 *
 * @param local whether a layer sees neighbours alone
 * @param reach how many of them to either side
 * @param first the first layer, which has no norm before its attention
 * @param layer all others
 */
public record ModernBert(
        int vocabulary,
        int width,
        double embeddingDropout,
        List<Boolean> local,
        int reach,
        Rope near,
        Rope far,
        TransformerLayer first,
        TransformerLayer layer,
        Norm norm,
        ModernHead head,
        double initializerRange,
        int padding)
        implements ShapedModel {
    private static final String WORDS = "embeddings.tok_embeddings";
    private static final String NORM = "embeddings.norm";

    public static final Family FAMILY =
            Family.encoder("modernbert", "ModernBert", config -> Integer.MAX_VALUE, ModernBert::of);

    public ModernBert {
        local = List.copyOf(local);
    }

    private static ModernBert of(ConfigJson config, Head head) {
        if (config.text("pooling", "pooler").equals("mean")) {
            throw new ConfigException(
                    "pooling", "mean", "\"pooler\"; this model has classifier_pooling: mean of its own");
        }
        int width = config.count("hidden_size", 768);
        int layers = config.count("num_hidden_layers", 22);
        var norm = new Norm(
                config.flag("norm_bias", false) ? Norm.Kind.LAYER : Norm.Kind.LAYER_WITHOUT_BIAS,
                config.number("norm_eps", 1e-5));
        String prefix = head == Head.NONE ? "" : "model.";
        return new ModernBert(
                config.count("vocab_size", 50368),
                width,
                config.probability("embedding_dropout", 0),
                local(config, layers),
                config.count("local_attention", 128) / 2,
                rope(config, "sliding_attention", "local_rope_theta", 10000),
                rope(config, "full_attention", "global_rope_theta", 160000),
                layer(config, width, norm, null),
                layer(config, width, norm, "attn_norm"),
                norm,
                ModernHead.of(config, head, norm, config.flag("tie_word_embeddings", true) ? prefix + WORDS : null),
                config.number("initializer_range", 0.02),
                config.token("pad_token_id", 50283));
    }

    private static List<Boolean> local(ConfigJson config, int layers) {
        List<String> types = config.texts("layer_types");
        int every = config.count("global_attn_every_n_layers", 3);
        if (!types.isEmpty() && types.size() < layers) {
            throw new ConfigException("layer_types", types, "one for each of " + layers + " layers");
        }
        var local = new ArrayList<Boolean>();
        for (int i = 0; i < layers; i++) {
            local.add(types.isEmpty() ? i % every != 0 : types.get(i).equals("sliding_attention"));
        }
        return local;
    }

    private static Rope rope(ConfigJson config, String kind, String old, double theta) {
        ConfigJson parameters = config.at("rope_parameters").at(kind);
        return Rope.of(config, parameters, config.number(old, theta));
    }

    private static TransformerLayer layer(ConfigJson config, int width, Norm norm, @Nullable String before) {
        int heads = config.count("num_attention_heads", 12);
        if (width % heads != 0) {
            throw new ConfigException("hidden_size", width, "a multiple of num_attention_heads, " + heads);
        }
        boolean biased = config.flag("attention_bias", false);
        double dropout = config.probability("attention_dropout", 0);
        var attention = new SelfAttention(
                heads,
                heads,
                width / heads,
                new Projection.Blocks("attn.Wqkv"),
                "attn.Wo",
                biased,
                biased,
                null,
                new ScaledDotProduct(false, 1 / Math.sqrt((double) width / heads), 0, dropout));
        var feedForward = new FeedForward.GatedTogether(
                "mlp.Wi",
                "mlp.Wo",
                Activation.named(config.text("hidden_activation", "gelu"), "hidden_activation"),
                config.count("intermediate_size", 1152),
                config.flag("mlp_bias", false));
        var norms = new TransformerLayer.Norms(before, null, "mlp_norm", null);
        return new TransformerLayer(width, attention, feedForward, norm, norms, false, Residual.PLAIN, dropout);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Params body = isBare() ? params : params.at("model");
        Tensor hidden = encode(body, batch, pass);
        return head(params, head.features(params, hidden, batch, pass), pass).withHidden(hidden);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return head.of(params, features, pass);
    }

    @Override
    public ModernBert withClasses(int classes) {
        return new ModernBert(
                vocabulary,
                width,
                embeddingDropout,
                local,
                reach,
                near,
                far,
                first,
                layer,
                norm,
                head.withClasses(classes),
                initializerRange,
                padding);
    }

    private Tensor encode(Params body, Batch batch, Pass pass) {
        Pass.Resumed known = pass.resumed();
        int from = known == null ? 0 : known.next(layerPoints());
        Tensor x = known == null ? embed(body, batch, pass) : known.activation();
        Tensor everywhere = Attention.padding(batch, body);
        Tensor nearby = Attention.neighbours(batch, body, reach);
        int size = first.attention().headSize();
        Rope.Angles farther = far.angles(0, x.size(1), size, x.device());
        Rope.Angles nearer = near.angles(0, x.size(1), size, x.device());
        for (int i = from; i < local.size(); i++) {
            boolean isLocal = local.get(i);
            try (var scope = Scope.open()) { // what backward does not need goes at once
                String name = "layers." + i;
                Tensor y =
                        at(i).apply(body.at(name), x, isLocal ? nearby : everywhere, isLocal ? nearer : farther, pass);
                x = scope.keep(body.tap(name, x, y, pass));
            }
        }
        return norm.apply(body, "final_norm", x);
    }

    private Tensor embed(Params body, Batch batch, Pass pass) {
        Tensor words = body.embedding(WORDS, batch.inputIds());
        return pass.dropout(norm.apply(body, NORM, words), embeddingDropout);
    }

    private List<String> layerPoints() {
        return IntStream.range(0, local.size())
                .mapToObj(i -> prefix() + "layers." + i)
                .toList();
    }

    private TransformerLayer at(int number) {
        return number == 0 ? first : layer;
    }

    private boolean isBare() {
        return head.kind() == Head.NONE;
    }

    @Override
    public String basePrefix() {
        return "model.";
    }

    private String prefix() {
        return isBare() ? "" : basePrefix();
    }

    @Override
    public Shapes layout() {
        var shapes = new Shapes().embedding(prefix() + WORDS, vocabulary, width);
        norm.shapes(shapes, prefix() + NORM, width);
        for (int i = 0; i < local.size(); i++) {
            at(i).shapes(shapes, prefix() + "layers." + i + ".");
        }
        norm.shapes(shapes, prefix() + "final_norm", width);
        return head.shapes(shapes, vocabulary, width);
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        String words = prefix() + WORDS + ".weight";
        return Initial.each(
                shapes(), (name, shape) -> Initial.transformer(name, shape, initializerRange, words, padding, random));
    }

    @Override
    public List<String> poolers() {
        return head.poolers();
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (String name : layerPoints()) {
            layer.points().forEach(point -> points.add(name + "." + point));
            points.add(name);
        }
        return List.copyOf(points);
    }
}
