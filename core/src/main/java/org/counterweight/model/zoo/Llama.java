package org.counterweight.model.zoo;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.plus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Modules;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Attention;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Rope;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * Llama: a decoder with root-mean-square norms before each sub-layer, rotary positions, grouped-query attention and a gated
 * feed-forward part. H. Touvron et al., "LLaMA: Open and Efficient Foundation Language Models", 2023.
 *
 * <p>Names are those of Hugging Face's {@code LlamaModel} (no prefix), {@code LlamaForCausalLM} and
 * {@code LlamaForSequenceClassification} (prefix {@code model.}). With {@code tied} the head is the embedding table,
 * unless the weights bring an {@code lm_head.weight}, as an adapter that saved one does.
 *
 * <p>Batch: {@code input_ids}, and where given {@code attention_mask}. Positions count from 0 at the first column.
 *
 * <p>Points: {@code …self_attn.o_proj} and {@code …mlp.down_proj}, what a sub-layer gives, before the residual sum;
 * {@code …layers.N}, what a layer gives.
 *
 * @param keyValueHeads a divisor of {@code heads}
 * @param headSize components of one head; {@code heads · headSize} need not be {@code width}
 * @param padding the id of the padding token, whose fresh embedding is zero and which a classifier passes over at the end of
 *     a text; −1 for none
 */
public record Llama(
        int vocabulary,
        int width,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int intermediate,
        Activation activation,
        double normEps,
        Rope rope,
        boolean attentionBias,
        boolean feedForwardBias,
        double attentionDropout,
        double initializerRange,
        int padding,
        boolean tied,
        Head head,
        int classes)
        implements Model {

    public Llama {
        if (heads % keyValueHeads != 0) {
            throw new ConfigException(
                    "num_key_value_heads", keyValueHeads, "a divisor of num_attention_heads, " + heads);
        }
        if (headSize % 2 != 0) {
            throw new ConfigException("head_dim", headSize, "an even number: rotary positions turn pairs");
        }
    }

    static Llama of(ConfigJson config) {
        String architecture = config.architecture();
        Head head = switch (architecture) {
            case "", "LlamaForCausalLM" -> Head.LANGUAGE;
            case "LlamaModel" -> Head.NONE;
            case "LlamaForSequenceClassification" -> Head.CLASSIFIER;
            default ->
                throw Architectures.unknownHead(
                        architecture, "LlamaModel", "LlamaForCausalLM", "LlamaForSequenceClassification");
        };
        int width = config.count("hidden_size", 4096);
        int heads = config.count("num_attention_heads", 32);
        return new Llama(
                config.count("vocab_size", 32000),
                width,
                config.count("num_hidden_layers", 32),
                heads,
                config.count("num_key_value_heads", heads),
                config.count("head_dim", Math.max(1, width / heads)),
                config.count("intermediate_size", 11008),
                Activation.named(config.text("hidden_act", "silu"), "hidden_act"),
                config.number("rms_norm_eps", 1e-6),
                Rope.of(config),
                config.flag("attention_bias", false),
                config.flag("mlp_bias", false),
                config.probability("attention_dropout", 0),
                config.number("initializer_range", 0.02),
                config.token("pad_token_id", -1),
                config.flag("tie_word_embeddings", false),
                head,
                head == Head.CLASSIFIER ? config.classes() : 0);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        Params model = head == Head.NONE ? params : params.at("model");
        Tensor hidden = decode(model, batch, pass);
        return head.ofDecoder(params, hidden, tied, prefix() + "embed_tokens.weight", padding, batch, pass);
    }

    private Tensor decode(Params model, Batch batch, Pass pass) {
        Tensor x = model.embedding("embed_tokens", batch.inputIds());
        Tensor mask = Attention.causalPadding(batch);
        Rope.Angles angles = rope.angles(Attention.before(pass), x.size(1), headSize, x.device());
        for (int i = 0; i < layers; i++) {
            try (var scope = Scope.open()) { // what backward does not need goes at once
                Tensor y = layer(model.at("layers." + i), x, mask, angles, pass);
                x = scope.keep(model.tap("layers." + i, y, pass));
            }
        }
        Attention.read(pass, x.size(1));
        return normed(model, "norm", x);
    }

    private Tensor layer(Params layer, Tensor x, @Nullable Tensor mask, Rope.Angles angles, Pass pass) {
        Tensor seen = normed(layer, "input_layernorm", x);
        Params self = layer.at("self_attn");
        long group = heads / keyValueHeads;
        Tensor q = angles.turn(Attention.split(self.linear("q_proj", seen, pass), heads));
        Tensor k = Attention.withPast(
                self.path("key"), angles.turn(Attention.split(self.linear("k_proj", seen, pass), keyValueHeads)), pass);
        Tensor v = Attention.withPast(
                self.path("value"), Attention.split(self.linear("v_proj", seen, pass), keyValueHeads), pass);
        Tensor context = Attention.join(Attention.attend(
                q,
                Attention.repeated(k, group),
                Attention.repeated(v, group),
                mask,
                Attention.before(pass) == 0,
                1 / Math.sqrt(headSize),
                attentionDropout,
                pass));
        Tensor attended = self.tap("o_proj", self.linear("o_proj", context, pass), pass);
        Tensor middle = x.add(attended);

        Tensor y = normed(layer, "post_attention_layernorm", middle);
        Params mlp = layer.at("mlp");
        Tensor gated = activation.apply(mlp.product("gate_proj", y, pass)).mul(mlp.product("up_proj", y, pass));
        return middle.add(mlp.tap("down_proj", as(mlp.linear("down_proj", gated, pass), middle), pass));
    }

    /** x · w / √(mean(x²) + eps). */
    private Tensor normed(Params at, String norm, Tensor x) {
        Tensor scale = plus(Tensors.mean(x.square(), true, -1), normEps).rsqrt();
        return x.mul(scale).mul(at.weight(norm + ".weight"));
    }

    @Override
    public Map<String, long[]> shapes() {
        return collected().byName();
    }

    @Override
    public Modules modules() {
        return collected().modules();
    }

    private Shapes collected() {
        String model = prefix();
        long query = (long) heads * headSize;
        long keyValue = (long) keyValueHeads * headSize;
        var shapes = new Shapes().embedding(model + "embed_tokens", vocabulary, width);
        for (int i = 0; i < layers; i++) {
            String layer = model + "layers." + i + ".";
            shapes.linear(layer + "self_attn.q_proj", query, width, attentionBias)
                    .linear(layer + "self_attn.k_proj", keyValue, width, attentionBias)
                    .linear(layer + "self_attn.v_proj", keyValue, width, attentionBias)
                    .linear(layer + "self_attn.o_proj", width, query, attentionBias)
                    .linear(layer + "mlp.gate_proj", intermediate, width, feedForwardBias)
                    .linear(layer + "mlp.up_proj", intermediate, width, feedForwardBias)
                    .linear(layer + "mlp.down_proj", width, intermediate, feedForwardBias)
                    .scale(layer + "input_layernorm", width)
                    .scale(layer + "post_attention_layernorm", width);
        }
        shapes.scale(model + "norm", width);
        return head.ofDecoder(shapes, tied ? model + "embed_tokens" : null, vocabulary, width, classes);
    }

    private String prefix() {
        return head == Head.NONE ? "" : "model.";
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.each(
                shapes(),
                (name, shape) -> Initial.transformer(
                        name, shape, initializerRange, prefix() + "embed_tokens.weight", padding, random));
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (int i = 0; i < layers; i++) {
            String layer = prefix() + "layers." + i;
            points.add(layer + ".self_attn.o_proj");
            points.add(layer + ".mlp.down_proj");
            points.add(layer);
        }
        return List.copyOf(points);
    }
}
