package org.counterweight.model.zoo.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.image.ImageEmbeddings;
import org.counterweight.model.part.image.ImageHead;
import org.counterweight.model.part.layer.TransformerLayer;
import org.jspecify.annotations.Nullable;

/**
 * A transformer over the patches of an image, of which ViT and its kin are settings: each family's file says which. A.
 * Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", ICLR 2021.
 *
 * <p>Names are those of Hugging Face's files.
 *
 * <p>Batch: {@code pixel_values}, {@code [rows, channels, height, width]}. Points: what attention and feed-forward part give,
 * at their last module, before it is added; what a layer gives, at the layer.
 *
 * @param base what stands before the names of the bare model where a head stands beside it: {@code vit.}
 * @param prefix what stands before the names of the body: {@code base}, or nothing in a bare model
 * @param count how many layers
 * @param layerScale what a layer's vectors of scale begin at
 */
public record ImageTransformer(
        String base,
        String prefix,
        Names names,
        ImageEmbeddings embeddings,
        int count,
        TransformerLayer layer,
        Norm norm,
        ImageHead head,
        double initializerRange,
        double layerScale)
        implements ShapedModel {

    /**
     * The list of layers, and norms before the first and behind the last; null where there is none.
     *
     * @param unread tensors that files have and no answer depends on: {@code [1, width]} each
     * @param unreadNorm a norm of that kind
     */
    public record Names(
            String layers,
            @Nullable String first,
            @Nullable String last,
            List<String> unread,
            @Nullable String unreadNorm) {
        public Names {
            unread = List.copyOf(unread);
        }
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Tensor hidden = encode(params, batch, pass);
        return head(params, head.features(params, hidden, norm), pass).withHidden(hidden);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return head.of(params, features, pass);
    }

    @Override
    public ImageTransformer withClasses(int classes) {
        return new ImageTransformer(
                base,
                prefix,
                names,
                embeddings,
                count,
                layer,
                norm,
                head.withClasses(classes),
                initializerRange,
                layerScale);
    }

    private Tensor encode(Params params, Batch batch, Pass pass) {
        Params body = prefix.isEmpty() ? params : params.at(prefix.substring(0, prefix.length() - 1));
        Pass.Resumed known = pass.resumed();
        Tensor x = known == null ? embed(body, batch, pass) : known.activation();
        for (int i = known == null ? 0 : known.next(layers()); i < count; i++) {
            try (var scope = Scope.open()) { // what backward does not need goes at once
                String name = names.layers() + "." + i;
                Tensor y = layer.apply(body.at(name), x, null, null, pass);
                x = scope.keep(body.tap(name, x, y, pass));
            }
        }
        return names.last() == null ? x : norm.apply(body, names.last(), x);
    }

    private Tensor embed(Params body, Batch batch, Pass pass) {
        Tensor x = embeddings.apply(body, batch.get(Batch.PIXEL_VALUES), pass);
        return names.first() == null ? x : norm.apply(body, names.first(), x);
    }

    @Override
    public String basePrefix() {
        return base;
    }

    @Override
    public Shapes layout() {
        long width = layer.width();
        var shapes = embeddings.shapes(new Shapes(), prefix, width);
        names.unread().forEach(name -> shapes.put(prefix + name, 1, width));
        norm(shapes, names.first());
        layers().forEach(name -> layer.shapes(shapes, name + "."));
        norm(shapes, names.last());
        norm(shapes, names.unreadNorm());
        if (head.norm() != null) {
            norm.shapes(shapes, head.norm(), width);
        }
        return head.shapes(shapes, width);
    }

    private void norm(Shapes shapes, @Nullable String name) {
        if (name != null) {
            norm.shapes(shapes, prefix + name, layer.width());
        }
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.each(shapes(), (name, shape) -> {
            if (layer.residual().holds(name)) {
                return torch.ones(shape).mul_(Tensors.scalar(layerScale));
            }
            boolean isToken = embeddings.tokens().stream().anyMatch(token -> name.equals(prefix + token));
            return isToken
                    ? Initial.normal(shape, initializerRange, random)
                    : Initial.transformer(name, shape, initializerRange, "", -1, random);
        });
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (String name : layers()) {
            layer.points().forEach(point -> points.add(name + "." + point));
            points.add(name);
        }
        return List.copyOf(points);
    }

    /** The full names of the layers, in order. */
    private List<String> layers() {
        return IntStream.range(0, count)
                .mapToObj(i -> prefix + names.layers() + "." + i)
                .toList();
    }
}
