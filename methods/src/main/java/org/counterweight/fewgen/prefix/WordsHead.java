package org.counterweight.fewgen.prefix;

import static org.counterweight.engine.Tensors.linear;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Where a decoder has its words.
 *
 * @param table the weight with their vectors: {@code transformer.wte.weight}
 * @param module what makes words of states: {@code lm_head}
 * @param tied whether its weight is the table
 */
public record WordsHead(String table, String module, boolean tied) {
    private static final double NEAR = 1e-3;

    /** @throws IllegalArgumentException if the model predicts no words */
    public static WordsHead of(Model model) {
        ModuleSpec head = model.modules().all().stream()
                .filter(one -> one.head() != null && one.kind() == Kind.LINEAR)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        model.getClass().getSimpleName() + " has no head that predicts words"));
        String tied = head.tiedTo();
        String table = tied == null ? model.modules().embeddings().get(0) : tied;
        return new WordsHead(table + ".weight", head.name(), tied != null);
    }

    /** The name of the head's weight; files of a tied head have none. */
    public String weight() {
        return module + ".weight";
    }

    /** The head's rows, {@code [vocabulary, width]}. */
    Tensor rows(Params params) {
        return params.weight(params.has(weight()) ? weight() : table);
    }

    @Nullable
    Tensor bias(Params params) {
        return params.find(module + ".bias");
    }

    /**
     * Refuses a model whose head does more than multiply: the trained rows of beginning and end would say something else
     * than the others.
     */
    void requirePlain(Model model, Params params, long... text) {
        try (var off = Tensors.noGrad()) {
            Tensor ids = Tensors.longs(text, 1, text.length);
            Output said = model.forward(params, new Batch(Map.of(Batch.INPUT_IDS, ids)), Pass.evaluation());
            Tensor plain = linear(said.features(), rows(params), bias(params));
            if (plain.sub(said.logits()).abs().max().item_double() > NEAR) {
                throw new IllegalArgumentException(model.getClass().getSimpleName()
                        + ": its head scales or caps what it says, which tuned vectors of"
                        + " beginning and end cannot follow; take a model of another family, such as GPT-2 or Llama");
            }
        }
    }
}
