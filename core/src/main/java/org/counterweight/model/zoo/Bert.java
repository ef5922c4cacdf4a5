package org.counterweight.model.zoo;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.layerNorm;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.slice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.ModuleSpec;
import org.counterweight.model.ModuleSpec.Kind;
import org.counterweight.model.Modules;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Attention;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * BERT: an encoder with layer norms behind each sub-layer. J. Devlin et al., "BERT: Pre-training of Deep Bidirectional
 * Transformers for Language Understanding", NAACL 2019.
 *
 * <p>Names are those of Hugging Face's {@code BertModel} (no prefix), {@code BertForSequenceClassification} and
 * {@code BertForMaskedLM} (prefix {@code bert.}); the masked language model's decoder is tied to the word embeddings. With
 * {@link Pooling#MEAN} a classifier has no pooler; {@code "pooling": "mean"} in {@code config.json} says so, a key of ours
 * that other readers pass over.
 *
 * <p>Batch: {@code input_ids}, and where given {@code attention_mask} (1 at real tokens) and {@code token_type_ids}.
 * Positions count from 0 at the first column, padding included.
 *
 * <p>Points: {@code …output.dense}, what a sub-layer gives, after dropout and before the residual sum;
 * {@code …output.residual}, that sum before its layer norm; {@code …layer.N}, what a layer gives.
 *
 * @param width of the hidden states
 * @param intermediate width between the two layers of the feed-forward part
 * @param positions the longest input
 * @param padding the id of the padding token, whose fresh embedding is zero; −1 for none
 * @param classes scores of a classifier; unused by other heads
 */
public record Bert(
        int vocabulary,
        int width,
        int layers,
        int heads,
        int intermediate,
        int positions,
        int tokenTypes,
        Activation activation,
        double normEps,
        double hiddenDropout,
        double attentionDropout,
        double classifierDropout,
        double initializerRange,
        int padding,
        Head head,
        Pooling pooling,
        int classes)
        implements Model {
    private static final String PREFIX = "bert.";

    public Bert {
        if (width % heads != 0) {
            throw new ConfigException("hidden_size", width, "a multiple of num_attention_heads, " + heads);
        }
    }

    static Bert of(ConfigJson config) {
        String architecture = config.architecture();
        Head head = switch (architecture) {
            case "", "BertModel" -> Head.NONE;
            case "BertForSequenceClassification" -> Head.CLASSIFIER;
            case "BertForMaskedLM", "BertForPreTraining" -> Head.LANGUAGE;
            default ->
                throw Architectures.unknownHead(
                        architecture, "BertModel", "BertForSequenceClassification", "BertForMaskedLM");
        };
        if (!config.text("position_embedding_type", "absolute").equals("absolute")) {
            throw new ConfigException(
                    "position_embedding_type", config.text("position_embedding_type", ""), "\"absolute\"");
        }
        if (config.flag("is_decoder", false)) {
            throw new ConfigException("is_decoder", true, "false: this BERT reads in both directions");
        }
        if (head == Head.LANGUAGE && !config.flag("tie_word_embeddings", true)) {
            throw new ConfigException(
                    "tie_word_embeddings",
                    false,
                    "true: this BERT's masked language model has one table for both ends");
        }
        double dropout = config.probability("hidden_dropout_prob", 0.1);
        String pooling = config.text("pooling", "pooler");
        if (!pooling.equals("pooler") && !pooling.equals("mean")) {
            throw new ConfigException("pooling", pooling, "one of pooler, mean");
        }
        return new Bert(
                config.count("vocab_size", 30522),
                config.count("hidden_size", 768),
                config.count("num_hidden_layers", 12),
                config.count("num_attention_heads", 12),
                config.count("intermediate_size", 3072),
                config.count("max_position_embeddings", 512),
                config.count("type_vocab_size", 2),
                Activation.named(config.text("hidden_act", "gelu"), "hidden_act"),
                config.number("layer_norm_eps", 1e-12),
                dropout,
                config.probability("attention_probs_dropout_prob", 0.1),
                config.probability("classifier_dropout", dropout),
                config.number("initializer_range", 0.02),
                config.token("pad_token_id", 0),
                head,
                pooling.equals("mean") ? Pooling.MEAN : Pooling.POOLER,
                head == Head.CLASSIFIER ? config.classes() : 0);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        Params bert = head == Head.NONE ? params : params.at("bert");
        Tensor hidden = encode(bert, batch, pass);
        return switch (head) {
            case NONE -> new Output(Attention.mean(hidden, batch), hidden);
            case CLASSIFIER -> {
                Tensor pooled = switch (pooling) {
                    case MEAN -> Attention.mean(hidden, batch);
                    case POOLER -> torch.tanh(bert.linear("pooler.dense", hidden.select(1, 0), pass));
                };
                Tensor logits = params.linear("classifier", pass.dropout(pooled, classifierDropout), pass);
                yield new Output(logits, hidden);
            }
            case LANGUAGE -> Output.ofTokens(hidden, x -> words(params, bert, x, pass));
        };
    }

    private Tensor encode(Params bert, Batch batch, Pass pass) {
        Tensor x = embed(bert.at("embeddings"), batch, pass);
        Tensor mask = Attention.padding(batch);
        for (int i = 0; i < layers; i++) {
            try (var scope = Scope.open()) { // what backward does not need goes at once
                Tensor y = layer(bert.at("encoder.layer." + i), x, mask, pass);
                x = scope.keep(bert.tap("encoder.layer." + i, y, pass));
            }
        }
        return x;
    }

    private Tensor embed(Params embeddings, Batch batch, Pass pass) {
        Tensor ids = batch.inputIds(); // [rows, length]
        long length = ids.size(1);
        if (length > positions) {
            throw new IllegalArgumentException("input_ids: " + length + " tokens, but the model has " + positions
                    + " positions (max_position_embeddings); truncate the text");
        }
        Tensor types = batch.find(Batch.TOKEN_TYPE_IDS);
        Tensor typeTable = embeddings.weight("token_type_embeddings.weight");
        Tensor type = types == null ? typeTable.select(0, 0) : torch.embedding(typeTable, types);
        Tensor position = slice(embeddings.weight("position_embeddings.weight"), 0, 0, length);
        Tensor sum = embeddings.embedding("word_embeddings", ids).add(type).add(position);
        return pass.dropout(normed(embeddings, "LayerNorm", sum), hiddenDropout);
    }

    private Tensor layer(Params layer, Tensor x, @Nullable Tensor mask, Pass pass) {
        Params self = layer.at("attention.self");
        Tensor context = Attention.join(Attention.attend(
                Attention.split(self.product("query", x, pass), heads),
                Attention.split(self.product("key", x, pass), heads),
                Attention.split(self.product("value", x, pass), heads),
                mask,
                false,
                1 / Math.sqrt((double) width / heads),
                attentionDropout,
                pass));
        Tensor attended = sublayer(layer.at("attention.output"), context, x, pass);
        Tensor wide =
                activation.apply(layer.product("intermediate.dense", attended, pass)); // [rows, length, intermediate]
        return sublayer(layer.at("output"), wide, attended, pass);
    }

    /** LayerNorm(dropout(dense(x)) + residual). */
    private Tensor sublayer(Params output, Tensor x, Tensor residual, Pass pass) {
        Tensor y = pass.dropout(as(output.linear("dense", x, pass), residual), hiddenDropout);
        Tensor sum = output.tap("dense", y, pass).add(residual);
        return normed(output, "LayerNorm", output.tap("residual", sum, pass));
    }

    private Tensor normed(Params at, String norm, Tensor x) {
        return layerNorm(x, at.weight(norm + ".weight"), at.weight(norm + ".bias"), normEps);
    }

    private Tensor words(Params params, Params bert, Tensor hidden, Pass pass) {
        Params predictions = params.at("cls.predictions");
        Tensor x = activation.apply(predictions.linear("transform.dense", hidden, pass));
        Tensor normed = normed(predictions, "transform.LayerNorm", x);
        return linear(normed, bert.weight("embeddings.word_embeddings.weight"), predictions.weight("bias"));
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
        String bert = prefix();
        var shapes = new Shapes()
                .embedding(bert + "embeddings.word_embeddings", vocabulary, width)
                .embedding(bert + "embeddings.position_embeddings", positions, width)
                .embedding(bert + "embeddings.token_type_embeddings", tokenTypes, width)
                .norm(bert + "embeddings.LayerNorm", width);
        for (int i = 0; i < layers; i++) {
            String layer = bert + "encoder.layer." + i + ".";
            shapes.linear(layer + "attention.self.query", width, width, true)
                    .linear(layer + "attention.self.key", width, width, true)
                    .linear(layer + "attention.self.value", width, width, true)
                    .linear(layer + "attention.output.dense", width, width, true)
                    .norm(layer + "attention.output.LayerNorm", width)
                    .linear(layer + "intermediate.dense", intermediate, width, true)
                    .linear(layer + "output.dense", width, intermediate, true)
                    .norm(layer + "output.LayerNorm", width);
        }
        return switch (head) {
            case NONE -> shapes;
            case CLASSIFIER ->
                (pooling == Pooling.POOLER ? shapes.linear(bert + "pooler.dense", width, width, true) : shapes)
                        .head("classifier", classes, width, true);
            case LANGUAGE ->
                shapes.module(
                                new ModuleSpec("cls.predictions.transform.dense", Kind.LINEAR).inHead("cls"),
                                width,
                                width)
                        .put("cls.predictions.transform.dense.bias", width)
                        .norm(new ModuleSpec("cls.predictions.transform.LayerNorm", Kind.NORM).inHead("cls"), width)
                        .tied(new ModuleSpec("cls.predictions.decoder", Kind.LINEAR)
                                .inHead("cls")
                                .tiedTo(bert + "embeddings.word_embeddings"))
                        .put("cls.predictions.bias", vocabulary);
        };
    }

    private String prefix() {
        return head == Head.NONE ? "" : PREFIX;
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.each(
                shapes(),
                (name, shape) -> Initial.transformer(
                        name,
                        shape,
                        initializerRange,
                        prefix() + "embeddings.word_embeddings.weight",
                        padding,
                        random));
    }

    @Override
    public List<String> poolers() {
        return head == Head.CLASSIFIER && pooling == Pooling.POOLER ? List.of(prefix() + "pooler.dense") : List.of();
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (int i = 0; i < layers; i++) {
            String layer = prefix() + "encoder.layer." + i;
            points.add(layer + ".attention.output.dense");
            points.add(layer + ".attention.output.residual");
            points.add(layer + ".output.dense");
            points.add(layer + ".output.residual");
            points.add(layer);
        }
        return List.copyOf(points);
    }
}
