package org.counterweight.model.zoo.decoder;

import static org.counterweight.engine.Tensors.layerNorm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.AttentionSpec;
import org.counterweight.model.module.Modules;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.ScaledDotProduct;
import org.counterweight.model.part.head.DecoderHead;
import org.counterweight.model.zoo.family.Family;
import org.jspecify.annotations.Nullable;

/**
 * GPT-2: a decoder with layer norms before each sub-layer and learned positions. A. Radford et al., "Language Models are
 * Unsupervised Multitask Learners", 2019.
 *
 * <p>Names are those of Hugging Face's {@code GPT2Model} (no prefix), {@code GPT2LMHeadModel} and
 * {@code GPT2ForSequenceClassification} (prefix {@code transformer.}). The weights inside the layers are stored transposed,
 * {@code [in, out]} ({@link Modules#isTransposed}); query, key and value are one matrix, {@code c_attn}.
 *
 * <p>Batch: {@code input_ids}, and where given {@code attention_mask} and {@code position_ids}, which begin anew at 0 with
 * each document of a row; a token sees those of its own alone. Without them positions count from 0 at the first column.
 *
 * <p>Points: {@code …attn.c_proj} and {@code …mlp.c_proj}, what a sub-layer gives, after dropout and before the residual
 * sum, made of what that module is given; {@code …h.N}, what a layer gives, made of what it was given.
 *
 * @param scaled whether scores are divided by the square root of the head's size
 * @param scaledByLayer whether layer N's scores are divided by N + 1 as well
 * @param padding the id of the padding token, which a classifier passes over at the end of a text; −1 for none
 * @param tokenDropout before classes are predicted for each token
 */
public record Gpt2(
        int vocabulary,
        int width,
        int layers,
        int heads,
        int intermediate,
        int positions,
        Activation activation,
        double normEps,
        double embeddingDropout,
        double residualDropout,
        double attentionDropout,
        boolean scaled,
        boolean scaledByLayer,
        double initializerRange,
        int padding,
        boolean tied,
        Head head,
        int classes,
        double tokenDropout)
        implements ShapedModel {

    public Gpt2 {
        if (width % heads != 0) {
            throw new ConfigException("n_embd", width, "a multiple of n_head, " + heads);
        }
    }

    public static final Family FAMILY = Family.of("gpt2", Family.Kind.DECODER, Map.of(), Gpt2::positions, Gpt2::of)
            .also("GPT2Model", Head.NONE)
            .also("GPT2LMHeadModel", Head.LANGUAGE)
            .also("GPT2ForSequenceClassification", Head.CLASSIFIER)
            .also("GPT2ForTokenClassification", Head.TOKEN_CLASSIFIER);

    private static Gpt2 of(ConfigJson config, Head head) {
        if (config.flag("add_cross_attention", false)) {
            throw new ConfigException("add_cross_attention", true, "false: a decoder without an encoder beside it");
        }
        int width = config.count("n_embd", config.count("hidden_size", 768));
        return new Gpt2(
                config.count("vocab_size", 50257),
                width,
                config.count("n_layer", config.count("num_hidden_layers", 12)),
                config.count("n_head", config.count("num_attention_heads", 12)),
                config.count("n_inner", 4 * width),
                positions(config),
                Activation.named(config.text("activation_function", "gelu_new"), "activation_function"),
                config.number("layer_norm_epsilon", 1e-5),
                config.probability("embd_pdrop", 0.1),
                config.probability("resid_pdrop", 0.1),
                config.probability("attn_pdrop", 0.1),
                config.flag("scale_attn_weights", true),
                config.flag("scale_attn_by_inverse_layer_idx", false),
                config.number("initializer_range", 0.02),
                config.token("pad_token_id", -1),
                config.flag("tie_word_embeddings", true),
                head,
                head == Head.CLASSIFIER || head == Head.TOKEN_CLASSIFIER ? config.classes() : 0,
                config.probability("classifier_dropout", config.probability("hidden_dropout", 0.1)));
    }

    /** The longest input; GPT-2 has names of its own for sizes, and transformers takes the usual ones for them too. */
    static int positions(ConfigJson config) {
        return config.count("n_positions", config.count("max_position_embeddings", 1024));
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Params transformer = head == Head.NONE ? params : params.at("transformer");
        Tensor hidden = decode(transformer, batch, pass);
        return head(params, words().features(hidden, batch), pass).withHidden(hidden);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return words().of(params, features, pass);
    }

    @Override
    public Gpt2 withClasses(int number) {
        head.requireClasses();
        return new Gpt2(
                vocabulary,
                width,
                layers,
                heads,
                intermediate,
                positions,
                activation,
                normEps,
                embeddingDropout,
                residualDropout,
                attentionDropout,
                scaled,
                scaledByLayer,
                initializerRange,
                padding,
                tied,
                head,
                number,
                tokenDropout);
    }

    private Tensor decode(Params transformer, Batch batch, Pass pass) {
        long length = batch.inputIds().size(1);
        long before = Attention.before(pass) + Attention.prefixLength(transformer);
        if (before + length > positions) {
            throw new IllegalArgumentException("input_ids: " + (before + length) + " tokens, but the model has "
                    + positions + " positions (n_positions); truncate the text");
        }
        Pass.Resumed known = pass.resumed();
        Tensor x = known == null ? embed(transformer, batch, before, pass) : known.activation();
        Tensor mask = Attention.causalPadding(batch, transformer, pass);
        for (int i = known == null ? 0 : known.next(layerPoints()); i < layers; i++) {
            try (var scope = Scope.open()) { // what backward does not need goes at once
                Tensor y = layer(transformer.at("h." + i), x, mask, i, pass);
                x = scope.keep(transformer.tap("h." + i, x, y, pass));
            }
        }
        Attention.read(pass, length);
        return normed(transformer, "ln_f", x);
    }

    private Tensor embed(Params transformer, Batch batch, long before, Pass pass) {
        Tensor ids = batch.inputIds();
        Tensor given = batch.find(Batch.POSITION_IDS);
        Tensor position = given == null
                ? transformer.embedding("wpe", before, before + ids.size(1))
                : transformer.embedding("wpe", given.add(new Scalar(before)));
        return pass.dropout(transformer.embedding("wte", ids).add(position), embeddingDropout);
    }

    private Tensor layer(Params layer, Tensor x, @Nullable Tensor mask, int index, Pass pass) {
        Params attn = layer.at("attn");
        Tensor joined = attn.conv1d("c_attn", normed(layer, "ln_1", x), pass); // [rows, length, 3 width]
        double scale = (scaled ? 1 / Math.sqrt((double) width / heads) : 1) / (scaledByLayer ? index + 1 : 1);
        Tensor context = Attention.join(new ScaledDotProduct(true, scale, 0, attentionDropout)
                .of(
                        part(joined, 0),
                        Attention.keys(attn, part(joined, 1), pass),
                        Attention.values(attn, part(joined, 2), pass),
                        mask,
                        pass));
        Tensor attended = pass.dropout(attn.conv1d("c_proj", context, pass), residualDropout);
        Tensor middle = x.add(attn.tap("c_proj", context, attended, pass));

        Params mlp = layer.at("mlp");
        Tensor wide = activation.apply(mlp.conv1d("c_fc", normed(layer, "ln_2", middle), pass));
        Tensor y = pass.dropout(mlp.conv1d("c_proj", wide, pass), residualDropout);
        return middle.add(mlp.tap("c_proj", wide, y, pass));
    }

    /** Query (0), key (1) or value (2) of the joined product, {@code [rows, heads, length, size]}. */
    private Tensor part(Tensor joined, int which) {
        long size = width / heads;
        Tensor heads5 = joined.view(joined.size(0), joined.size(1), 3, heads, size);
        return heads5.select(2, which).transpose(1, 2);
    }

    private Tensor normed(Params at, String norm, Tensor x) {
        return layerNorm(x, at.weight(norm + ".weight"), at.weight(norm + ".bias"), normEps);
    }

    @Override
    public Shapes layout() {
        String transformer = prefix();
        var shapes = new Shapes()
                .embedding(transformer + "wte", vocabulary, width)
                .embedding(transformer + "wpe", positions, width);
        for (int i = 0; i < layers; i++) {
            String layer = transformer + "h." + i + ".";
            shapes.norm(layer + "ln_1", width)
                    .conv1d(layer + "attn.c_attn", 3L * width, width)
                    .conv1d(layer + "attn.c_proj", width, width)
                    .norm(layer + "ln_2", width)
                    .conv1d(layer + "mlp.c_fc", intermediate, width)
                    .conv1d(layer + "mlp.c_proj", width, intermediate);
        }
        shapes.norm(transformer + "ln_f", width);
        return words().shapes(shapes, vocabulary, width);
    }

    private DecoderHead words() {
        var tokens = new DecoderHead.Tokens("classifier", tokenDropout);
        return new DecoderHead(head, "lm_head", false, tied ? prefix() + "wte" : null, 1, 0, classes, padding, tokens);
    }

    @Override
    public String basePrefix() {
        return "transformer.";
    }

    private String prefix() {
        return head == Head.NONE ? "" : "transformer.";
    }

    /** As the original: the layers that write to the residual stream start smaller, by √(2 layers). */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.each(shapes(), (name, shape) -> {
            double deviation =
                    name.endsWith("c_proj.weight") ? initializerRange / Math.sqrt(2.0 * layers) : initializerRange;
            return Initial.transformer(name, shape, deviation, "", -1, random);
        });
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (String layer : layerPoints()) {
            points.add(layer + ".attn.c_proj");
            points.add(layer + ".mlp.c_proj");
            points.add(layer);
        }
        return List.copyOf(points);
    }

    @Override
    public List<AttentionSpec> attentions() {
        return layerPoints().stream()
                .map(layer -> new AttentionSpec(layer + ".attn", heads, width / heads))
                .toList();
    }

    private List<String> layerPoints() {
        return IntStream.range(0, layers).mapToObj(i -> prefix() + "h." + i).toList();
    }
}
