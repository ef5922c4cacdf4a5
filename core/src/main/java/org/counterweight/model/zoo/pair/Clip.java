package org.counterweight.model.zoo.pair;

import static org.counterweight.engine.Tensors.norm2;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.Modules;

/**
 * CLIP: a text and an image become vectors of one space, whose cosine says how well they go together. A. Radford et al.,
 * "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021.
 *
 * <p>Batch: {@code input_ids}, {@code attention_mask} and {@code pixel_values}, of as many texts and images as there are. The
 * logits are {@code [images, texts]}, the features the images' vectors, {@code [images, projection]}.
 *
 * @param logitScale what the logarithm of the cosines' factor begins at
 */
public record Clip(ClipTower text, ClipTower image, double logitScale) implements Model {
    private static final String SCALE = "logit_scale";

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        if (pass.resumed() != null) {
            throw new UnsupportedOperationException(
                    "CLIP has two towers: a pass cannot go on from a layer of one; give it to that tower alone");
        }
        Tensor images = images(params, batch, pass);
        Tensor cosines = torch.matmul(images, texts(params, batch, pass).t());
        return new Output(cosines.mul(params.weight(SCALE).exp()), images);
    }

    /** The texts' vectors, of length one: {@code [texts, projection]}. */
    public Tensor texts(Params params, Batch batch, Pass pass) {
        return unit(text.forward(params, batch, pass).logits());
    }

    /** The images' vectors, of length one: {@code [images, projection]}. */
    public Tensor images(Params params, Batch batch, Pass pass) {
        return unit(image.forward(params, batch, pass).logits());
    }

    private static Tensor unit(Tensor x) {
        return x.div(norm2(x, true, -1));
    }

    @Override
    public Map<String, long[]> shapes() {
        var all = new LinkedHashMap<>(text.shapes());
        all.putAll(image.shapes());
        all.put(SCALE, new long[0]);
        return all;
    }

    @Override
    public Modules modules() {
        List<ModuleSpec> all = new ArrayList<>(text.modules().all());
        all.addAll(image.modules().all());
        return Modules.of(all);
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        var all = new LinkedHashMap<>(text.initialize(random));
        all.putAll(image.initialize(random));
        all.put(SCALE, torch.ones(new long[0]).mul_(Tensors.scalar(logitScale)));
        return all;
    }

    @Override
    public List<String> points() {
        return Stream.concat(text.points().stream(), image.points().stream()).toList();
    }
}
