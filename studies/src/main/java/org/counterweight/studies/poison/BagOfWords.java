package org.counterweight.studies.poison;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;

/**
 * The mean of a text's words, two layers with tanh, classes: the small model of texts. It takes {@link Batch#INPUT_IDS} and
 * {@link Batch#ATTENTION_MASK}, {@code [rows, length]}.
 *
 * @param words of the vocabulary
 * @param width of a word and of each layer
 */
public record BagOfWords(int words, int width, int classes) implements Model {
    /** The full name of the table of words. */
    public static final String TABLE = "embeddings.weight";

    private static final double SCALE = 0.1; // of words and of the head as they begin
    private static final List<String> HIDDEN = List.of("first", "second");

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Tensor mask = batch.get(Batch.ATTENTION_MASK).to(ScalarType.Float).unsqueeze(2);
        Tensor read = params.embedding("embeddings", batch.inputIds()).mul(mask);
        Tensor x = Tensors.sum(read, false, 1).div(Tensors.sum(mask, false, 1));
        for (String layer : HIDDEN) {
            x = params.linear(layer, x, pass).tanh();
        }
        return head(params, x, pass);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return new Output(params.linear("classifier", features, pass), features);
    }

    @Override
    public Map<String, long[]> shapes() {
        var shapes = new LinkedHashMap<String, long[]>();
        shapes.put(TABLE, new long[] {words, width});
        for (String layer : HIDDEN) {
            shapes.put(layer + ".weight", new long[] {width, width});
            shapes.put(layer + ".bias", new long[] {width});
        }
        shapes.put("classifier.weight", new long[] {classes, width});
        shapes.put("classifier.bias", new long[] {classes});
        return shapes;
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        var weights = new LinkedHashMap<String, Tensor>();
        shapes().forEach((name, shape) -> {
            double scale = HIDDEN.contains(name.replace(".weight", "")) ? 1 / Math.sqrt(width) : SCALE;
            Tensor zeros = Tensors.zeros(shape);
            weights.put(name, name.endsWith(".bias") ? zeros : zeros.normal_(0, scale, Tensors.optional(random)));
        });
        return weights;
    }

    @Override
    public Modules modules() {
        return Modules.ofLinears(List.of("first", "second", "classifier"));
    }
}
