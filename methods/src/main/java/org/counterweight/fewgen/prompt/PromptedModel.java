package org.counterweight.fewgen.prompt;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.AttentionSpec;
import org.counterweight.model.module.Modules;

/**
 * A masked language model as a classifier: of each row the logits of the labels' words at its mask, {@code [rows, labels]}, whose
 * softmax is over these words alone. Its weights are the language model's, by the same names.
 *
 * @param words the language model
 * @param mask the token at whose place it is asked, once in each row
 * @param labels the token of each label's word
 */
record PromptedModel(Model words, long mask, List<Long> labels) implements Model {
    PromptedModel {
        labels = List.copyOf(labels);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        Output read = words.forward(params, batch, pass);
        Tensor place = batch.inputIds().eq(new Scalar(mask)).to(ScalarType.Long).argmax(new LongOptional(1), true);
        Tensor features = read.features(); // [rows, length, width]
        long width = features.size(2);
        Tensor at = features.gather(1, place.unsqueeze(2).expand(place.size(0), 1, width))
                .squeeze(1);
        return new Output(told(read.head().apply(at)), at).withHidden(read.hidden());
    }

    /** @param features at the masks, {@code [rows, width]} */
    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return new Output(told(words.head(params, features, pass).head().apply(features)), features);
    }

    private Tensor told(Tensor logits) {
        Tensor ids = Tensors.longs(labels.stream().mapToLong(Long::longValue).toArray());
        return logits.index_select(1, Tensors.to(ids, logits.device()));
    }

    @Override
    public Map<String, long[]> shapes() {
        return words.shapes();
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return words.initialize(random);
    }

    @Override
    public Modules modules() {
        return words.modules();
    }

    @Override
    public List<String> poolers() {
        return words.poolers();
    }

    @Override
    public List<AttentionSpec> attentions() {
        return words.attentions();
    }

    @Override
    public String basePrefix() {
        return words.basePrefix();
    }

    @Override
    public List<String> points() {
        return words.points();
    }
}
