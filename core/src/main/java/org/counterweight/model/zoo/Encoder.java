package org.counterweight.model.zoo;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Modules;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Attention;
import org.counterweight.model.part.Disentangled;
import org.counterweight.model.part.EncoderEmbeddings;
import org.counterweight.model.part.EncoderHead;
import org.counterweight.model.part.EncoderLayer;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.RelativeBias;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * An encoder of shared parts, with its layer norms behind each sub-layer, of which BERT and its kin are settings: each
 * family's file says which.
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
 * @param padding the id of the padding token, whose fresh embedding is zero; −1 for none
 */
public record Encoder(
        String base,
        EncoderEmbeddings embeddings,
        List<String> paths,
        EncoderLayer layer,
        @Nullable RelativeBias bias,
        EncoderHead head,
        double initializerRange,
        int padding)
        implements Model {

    public Encoder {
        paths = List.copyOf(paths);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Params body = isBare() ? params : params.at(base);
        return head.of(params, encode(body, batch, pass), batch, pass);
    }

    private Tensor encode(Params body, Batch batch, Pass pass) {
        Tensor x = embeddings.apply(body, batch, pass);
        Tensor mask = mask(body, batch);
        Disentangled apart = layer.distances();
        Disentangled.Distances distances =
                apart == null ? null : apart.distances(body, batch.inputIds().size(1));
        for (String path : paths) {
            try (var scope = Scope.open()) { // what backward does not need goes at once
                Tensor y = layer.apply(body.at(path), x, mask, distances, pass);
                x = scope.keep(body.tap(path, x, y, pass));
            }
        }
        return x;
    }

    private @Nullable Tensor mask(Params body, Batch batch) {
        Tensor padding = Attention.padding(batch);
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

    private List<String> layers() {
        return List.copyOf(new LinkedHashSet<>(paths));
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
        var shapes = embeddings.shapes(new Shapes(), prefix());
        layers().forEach(path -> layer.shapes(shapes, prefix() + path + "."));
        if (bias != null) {
            shapes.embedding(prefix() + bias.module(), bias.buckets(), layer.heads());
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
