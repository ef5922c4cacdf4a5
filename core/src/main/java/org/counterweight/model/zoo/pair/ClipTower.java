package org.counterweight.model.zoo.pair;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.AttentionSpec;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.Modules;
import org.counterweight.model.part.Initial;
import org.jspecify.annotations.Nullable;

/**
 * One of {@link Clip}'s two halves: a transformer whose summary of a text or an image is projected into the common space.
 * The features are the summary, the logits its projection, or the summary itself where there is none.
 *
 * @param base what stands before the names of the transformer: {@code text_model.}
 * @param end the token at which a text is read; null for images
 * @param projection the linear module of the projection, and how wide it is; null for none
 */
public record ClipTower(
        Model body,
        String base,
        @Nullable End end,
        @Nullable Projection projection) implements Model {
    /** The first token with that id; {@link #HIGHEST} for the first of those with the highest id in the text. */
    public record End(int token) {
        /** CLIP's first files say 2 for the end token's id, which it never was: there it is the highest of all. */
        static final int HIGHEST = 2;

        Tensor state(Tensor hidden, Tensor ids) {
            Tensor where =
                    token == HIGHEST ? ids : ids.eq(Tensors.scalar(token)).to(ScalarType.Long);
            Tensor at = where.argmax(new LongOptional(1), false);
            long[] wide = {hidden.size(0), 1, hidden.size(2)};
            return hidden.gather(1, at.view(-1, 1, 1).expand(wide)).squeeze(1);
        }
    }

    /**
     * @param in width of the summary
     * @param out width of the common space
     */
    public record Projection(String module, long in, long out) {}

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        Output seen = body.forward(params, batch, pass);
        Tensor summary = end == null ? seen.features() : end.state(seen.hidden(), batch.inputIds());
        return head(params, summary, pass).withHidden(seen.hidden());
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return projection == null
                ? new Output(features, features)
                : new Output(params.linear(projection.module(), features, pass), features);
    }

    @Override
    public Map<String, long[]> shapes() {
        var all = new LinkedHashMap<>(body.shapes());
        if (projection != null) {
            all.put(projection.module() + ".weight", new long[] {projection.out(), projection.in()});
        }
        return all;
    }

    @Override
    public Modules modules() {
        var all = new ArrayList<>(body.modules().all());
        if (projection != null) {
            all.add(new ModuleSpec(projection.module(), ModuleSpec.Kind.LINEAR));
        }
        return Modules.of(all);
    }

    /** The projection is drawn with deviation 1 / √in. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        var all = new LinkedHashMap<>(body.initialize(random));
        if (projection != null) {
            long[] shape = {projection.out(), projection.in()};
            all.put(projection.module() + ".weight", Initial.normal(shape, 1 / Math.sqrt(projection.in()), random));
        }
        return all;
    }

    @Override
    public String basePrefix() {
        return base;
    }

    @Override
    public List<AttentionSpec> attentions() {
        return body.attentions();
    }

    @Override
    public List<String> points() {
        return body.points();
    }
}
