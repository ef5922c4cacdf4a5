package org.counterweight.fewgen.prefix;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.Infix;
import org.counterweight.fewgen.LabelledGenerator;
import org.counterweight.fewgen.LabelledTexts;
import org.counterweight.fewgen.SpecialTokens;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Any frozen decoder with one prefix a label, made of the label's prompt: its first places, a control code's, stay as they are.
 * The logits of beginning and end are those of a head that scales and caps nothing.
 *
 * @param words the name of the table of words, {@code transformer.wte.weight}
 * @param control {@code [labels, 2 · layers, 1, heads, control, size]}; index 2k has layer k's keys, 2k + 1 its values
 * @param trainables {@code prefix_params} as {@code control}, {@code special_emb [2, width]}, and for pairs of sentences
 *     {@code infix_emb [labels, 1, infix, width]}
 * @param specialBias {@code [2]}; null for a head without
 * @param dropout on prefixes, in training
 */
public record PrefixGenerator(
        Model model,
        Params frozen,
        String words,
        SpecialTokens tokens,
        Tensor control,
        Map<String, Tensor> trainables,
        @Nullable Tensor specialBias,
        double dropout)
        implements LabelledGenerator {
    private static final String PREFIX = "prefix_params";
    private static final String INFIX = "infix_emb";

    public PrefixGenerator {
        trainables = Collections.unmodifiableMap(new LinkedHashMap<>(trainables));
    }

    /**
     * Before it is tuned: under each label it says what the frozen model says after the label's prompt.
     *
     * @param prompts {@code int64 [labels, places]}, a control code first where the model knows such
     * @param controlLength how many places of a prompt stay frozen, fewer than all; 0 for none
     * @param infix {@code int64 [labels, infix]}, the words whose vectors a label's begin as; null for single sentences
     * @throws IllegalArgumentException if nothing of a prompt would be trained, or it is longer than the model's positions
     */
    public static PrefixGenerator of(
            Model model,
            Params frozen,
            String words,
            SpecialTokens tokens,
            Tensor prompts,
            long controlLength,
            @Nullable Tensor infix,
            double dropout) {
        long places = prompts.size(1);
        if (controlLength < 0 || controlLength >= places) {
            throw new IllegalArgumentException("control_code_len: " + controlLength + " of a prompt's " + places
                    + " tokens would stay frozen; at least one is trained");
        }
        Tensor table = frozen.weight(words).detach();
        var all = new TensorVector();
        for (long label = 0; label < prompts.size(0); label++) {
            Tensor own = LabelPrefix.of(model, frozen, prompts.select(0, label).unsqueeze(0))
                    .values();
            all.push_back(own.flatten(0, 1).unsqueeze(1));
        }
        Tensor whole = torch.stack(all, 0);
        var trainables = new LinkedHashMap<String, Tensor>();
        trainables.put(PREFIX, leaf(slice(whole, 4, controlLength, places)));
        Tensor special = Tensors.to(Tensors.longs(new long[] {tokens.begin(), tokens.end()}), table.device());
        trainables.put(SPECIAL, leaf(table.index_select(0, special)));
        if (infix != null) {
            trainables.put(INFIX, leaf(torch.embedding(table, infix).unsqueeze(1)));
        }
        Tensor bias = frozen.find("lm_head.bias");
        return new PrefixGenerator(
                model,
                frozen,
                words,
                tokens,
                slice(whole, 4, 0, controlLength).contiguous(),
                trainables,
                bias == null ? null : bias.detach().index_select(0, special),
                dropout);
    }

    private static Tensor leaf(Tensor tensor) {
        return tensor.detach().clone().requires_grad_(true);
    }

    /** The prefix of one label, its control code's places before those that are trained. */
    public LabelPrefix prefix(State state, long label) {
        Tensor whole = torch.cat(
                new TensorVector(control.select(0, label), state.get(PREFIX).select(0, label)), 3);
        return new LabelPrefix(whole.view(whole.size(0) / 2, 2, whole.size(2), whole.size(3), whole.size(4)));
    }

    @Override
    public Tensor logits(State state, LabelledTexts texts, Pass pass) {
        Tensor table = tokens.merged(frozen.weight(words), state.get(SPECIAL));
        long vocabulary = table.size(0);
        Tensor places = texts.infix();
        Tensor infixes = places == null ? null : state.get(INFIX);
        Tensor ids = places == null || infixes == null
                ? texts.ids()
                : numbered(texts.ids(), Infix.numbers(places, infixes.size(2)), vocabulary);
        var inputs = new LinkedHashMap<String, Tensor>(Map.of(Batch.INPUT_IDS, ids));
        Tensor mask = texts.mask();
        if (mask != null) {
            inputs.put(Batch.ATTENTION_MASK, mask);
        }
        var all = new TensorVector();
        for (long label = 0; label < control.size(0); label++) {
            Tensor rows = infixes == null
                    ? table
                    : torch.cat(new TensorVector(table, infixes.select(0, label).select(0, 0)), 0);
            Tensor kept = pass.dropout(prefix(state, label).values(), dropout);
            Params params = frozen.replacing(Map.of(words, rows)).prefixed(new LabelPrefix(kept).before(model));
            Output said = model.forward(params, new Batch(inputs), pass);
            Tensor logits = slice(said.logits(), -1, 0, vocabulary);
            all.push_back(tokens.logits(logits, said.features(), state.outputRows(), state.outputBias()));
        }
        return torch.stack(all, 0);
    }

    /** A label's own vectors are words behind those of the vocabulary, so that a model reads them as it reads words. */
    private static Tensor numbered(Tensor ids, Tensor numbers, long vocabulary) {
        return torch.where(numbers.ge(scalar(0)), numbers.add(new Scalar(vocabulary)), ids);
    }
}
