package org.counterweight.golden;

import static org.counterweight.engine.Tensors.linear;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.Infix;
import org.counterweight.fewgen.LabelledGenerator;
import org.counterweight.fewgen.SpecialTokens;
import org.counterweight.fewgen.TuningBatch;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * The toy of FewGen's goldens: tanh of each word and of the mean over a prefix's places of key times value; it sees no other
 * word.
 *
 * @param weights by the names of its checkpoint
 * @param trainables leaves
 */
record ToyGenerator(SpecialTokens tokens, Map<String, Tensor> weights, Map<String, Tensor> trainables)
        implements LabelledGenerator {
    private static final String PREFIX = "prefix_params";
    private static final String INFIX = "infix_emb";

    static ToyGenerator of(SpecialTokens tokens, Map<String, Tensor> weights) {
        var trainables = new LinkedHashMap<String, Tensor>();
        for (String name : new String[] {PREFIX, SPECIAL, INFIX}) {
            Tensor found = weights.get(name);
            if (found != null) {
                trainables.put(name, found.clone().requires_grad_(true));
            }
        }
        return new ToyGenerator(tokens, weights, trainables);
    }

    private Tensor weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    @Override
    public @Nullable Tensor specialBias() {
        return weight("special_lm_head.bias");
    }

    @Override
    public Tensor logits(State state, TuningBatch texts, Pass pass) {
        Tensor control = weight("control_params");
        var all = new TensorVector();
        for (long label = 0; label < control.size(0); label++) {
            Tensor own = state.get(PREFIX).select(0, label);
            Tensor prefix = torch.cat(new TensorVector(control.select(0, label), own), -2); // [2 layers, 1, heads, …]
            long[] pairs = {prefix.size(0) / 2, 2, prefix.size(2), prefix.size(3), prefix.size(4)};
            Tensor both = prefix.reshape(pairs);
            Tensor mean = Tensors.mean(both.select(1, 0).mul(both.select(1, 1)), false, 2); // [layers, heads, size]
            Tensor shift = Tensors.sum(mean, false, 0).reshape(-1);
            Tensor hidden = words(state, texts, label).add(shift).tanh();
            Tensor logits = linear(hidden, weight("lm_head.weight"), weight("lm_head.bias"));
            all.push_back(tokens.logits(logits, hidden, state.outputRows(), state.outputBias()));
        }
        return torch.stack(all, 0);
    }

    private Tensor words(State state, TuningBatch texts, long label) {
        Tensor words = torch.embedding(weight("transformer.wte.weight"), texts.ids());
        Tensor x = tokens.embed(words, texts.ids(), state.get(SPECIAL));
        Tensor places = texts.infix();
        return places == null
                ? x
                : Infix.put(x, places, state.get(INFIX).select(0, label).select(0, 0));
    }
}
