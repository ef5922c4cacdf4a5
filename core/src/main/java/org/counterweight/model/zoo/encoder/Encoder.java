package org.counterweight.model.zoo.encoder;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.AttentionSpec;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.RelativeBias;
import org.counterweight.model.part.head.EncoderHead;
import org.counterweight.model.part.layer.Convolved;
import org.counterweight.model.part.layer.Disentangled;
import org.counterweight.model.part.layer.EncoderEmbeddings;
import org.counterweight.model.part.layer.EncoderLayer;
import org.jspecify.annotations.Nullable;

/**
 * An encoder of shared parts, with its layer norms behind each sub-layer, of which BERT and its kin are settings: each
 * family's file says which. Some can be read as decoders too, which see what came before alone.
 *
 * <p>Names are Hugging Face's: those of the bare model have no prefix, and {@code base} before them where a head stands
 * beside it. With {@link org.counterweight.model.part.Pooling#MEAN} a classifier has no pooler; {@code "pooling": "mean"}
 * in {@code config.json} says so, a key of ours that other readers pass over.
 *
 * <p>Batch: {@code input_ids}, and where given {@code attention_mask} (1 at real tokens) and {@code token_type_ids}.
 *
 * <p>Points: what a sub-layer gives, at its last module, after dropout and before the residual sum; {@code residual} beside
 * that module, the sum before its layer norm; what a layer gives, at the layer.
 *
 * @param base the base model's name, {@code bert}
 * @param paths of the layers in the order in which they are passed; ALBERT passes one many times
 * @param bias of all layers' scores; null for none
 * @param convolved what the first layer's neighbours add to it; null for nothing
 * @param padding the id of the padding token, whose fresh embedding is zero; −1 for none
 */
public record Encoder(
        String base,
        EncoderEmbeddings embeddings,
        List<String> paths,
        EncoderLayer layer,
        @Nullable RelativeBias bias,
        @Nullable Convolved convolved,
        EncoderHead head,
        double initializerRange,
        int padding)
        implements ShapedModel {

    public Encoder {
        paths = List.copyOf(paths);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Params body = isBare() ? params : params.at(base);
        Tensor hidden = encode(body, batch, pass);
        return head(params, head.features(params, hidden, batch, pass), pass).withHidden(hidden);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return head.of(params, features, pass);
    }

    @Override
    public Encoder withClasses(int classes) {
        return new Encoder(
                base, embeddings, paths, layer, bias, convolved, head.withClasses(classes), initializerRange, padding);
    }

    private Tensor encode(Params body, Batch batch, Pass pass) {
        Pass.Resumed known = pass.resumed();
        Tensor x = known == null ? embeddings.apply(body, batch, pass) : known.activation();
        Tensor mask = mask(body, batch, pass);
        Disentangled apart = layer.distances();
        Disentangled.Distances distances =
                apart == null ? null : apart.distances(body, batch.inputIds().size(1));
        int first = known == null ? 0 : known.next(resumable());
        for (int i = first; i < paths.size(); i++) {
            String path = paths.get(i);
            try (var scope = Scope.open()) { // what backward does not need goes at once
                Tensor y = layer.apply(body.at(path), x, mask, distances, pass);
                Tensor z = convolved == null || i > 0 ? y : convolved.apply(body, x, y, batch, pass);
                x = scope.keep(body.tap(path, x, z, pass));
            }
        }
        Attention.read(pass, x.size(1));
        return x;
    }

    private @Nullable Tensor mask(Params body, Batch batch, Pass pass) {
        if (layer.causal()) {
            return Attention.causalPadding(batch, body, pass);
        }
        Tensor padding = Attention.padding(batch, body);
        if (bias == null) {
            return padding;
        }
        long length = batch.inputIds().size(1);
        Tensor places = bias.of(body, 0, length, length);
        return padding == null ? places : places.add(padding);
    }

    private boolean isBare() {
        return head.kind() == Head.NONE;
    }

    @Override
    public String basePrefix() {
        return base + ".";
    }

    private String prefix() {
        return isBare() ? "" : basePrefix();
    }

    /**
     * The full names of the layers, in order.
     *
     * @throws UnsupportedOperationException if a layer is passed several times: its name tells no place to go on from
     */
    private List<String> resumable() {
        if (isShared()) {
            throw new UnsupportedOperationException("this model passes " + layers().size() + " layer(s) " + paths.size()
                    + " times (num_hidden_layers): a pass cannot go on from one of them; compute it whole");
        }
        return paths.stream().map(path -> prefix() + path).toList();
    }

    private boolean isShared() {
        return layers().size() < paths.size();
    }

    /**
     * None where distances have a say, for a prefix is at none; and none where a layer is passed several times, for a
     * prefix is of one pass.
     */
    @Override
    public List<AttentionSpec> attentions() {
        if (bias != null || layer.distances() != null || isShared()) {
            return List.of();
        }
        return layers().stream()
                .map(path -> new AttentionSpec(
                        prefix() + path + "." + layer.attentionName(), layer.heads(), layer.width() / layer.heads()))
                .toList();
    }

    private List<String> layers() {
        return List.copyOf(new LinkedHashSet<>(paths));
    }

    @Override
    public Shapes layout() {
        var shapes = embeddings.shapes(new Shapes(), prefix());
        layers().forEach(path -> layer.shapes(shapes, prefix() + path + "."));
        if (bias != null) {
            shapes.embedding(prefix() + bias.module(), bias.rows(), layer.heads());
        }
        if (convolved != null) {
            convolved.shapes(shapes, prefix(), layer.width());
        }
        Disentangled apart = layer.distances();
        if (apart != null) {
            apart.shapes(shapes, prefix(), layer.width());
        }
        return head.shapes(shapes, layer.width());
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        String words = prefix() + EncoderEmbeddings.WORDS + ".weight";
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
        for (String path : layers()) {
            layer.points().forEach(point -> points.add(prefix() + path + "." + point));
            points.add(prefix() + path);
        }
        return List.copyOf(points);
    }
}
