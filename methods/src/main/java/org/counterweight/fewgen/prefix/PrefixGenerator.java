package org.counterweight.fewgen.prefix;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.Infix;
import org.counterweight.fewgen.LabelledGenerator;
import org.counterweight.fewgen.SpecialTokens;
import org.counterweight.fewgen.TuningBatch;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Any frozen decoder with one prefix a label, made of the label's prompt: its first places, a control code's, stay as they are.
 * Prompts may differ in length: the tensors have room for the longest, and a label's text begins where its own prompt ends.
 *
 * @param head what makes words of states
 * @param lengths of the labels' prompts; places behind them are never seen
 * @param control {@code [labels, 2 · layers, 1, heads, control, size]}; index 2k has layer k's keys, 2k + 1 its values
 * @param trainables {@code prefix_params} as {@code control}, {@code special_emb [2, width]}, and for pairs of sentences
 *     {@code infix_emb [labels, 1, infix, width]}
 * @param specialBias {@code [2]}; null for a head without
 * @param dropout on prefixes, in training
 */
public record PrefixGenerator(
        Model model,
        Params frozen,
        WordsHead head,
        SpecialTokens tokens,
        List<Long> lengths,
        Tensor control,
        Map<String, Tensor> trainables,
        @Nullable Tensor specialBias,
        double dropout)
        implements LabelledGenerator {
    public static final String PREFIX = "prefix_params";
    public static final String INFIX = "infix_emb";

    public PrefixGenerator {
        lengths = List.copyOf(lengths);
        trainables = Collections.unmodifiableMap(new LinkedHashMap<>(trainables));
    }

    /**
     * Before it is tuned: under each label it says what the frozen model says after the label's prompt.
     *
     * @param prompts the tokens of each label's, a control code first where the model knows such
     * @param controlLength how many places of a prompt stay frozen, fewer than all; 0 for none
     * @param infix {@code int64 [labels, infix]}, the words whose vectors a label's begin as; null for single sentences
     * @throws IllegalArgumentException if nothing of a prompt would be trained, it is longer than the model's positions, or the
     *     model's head scales or caps what it says
     */
    public static PrefixGenerator of(
            Model model,
            Params frozen,
            SpecialTokens tokens,
            List<long[]> prompts,
            long controlLength,
            @Nullable Tensor infix,
            double dropout) {
        List<Long> lengths =
                prompts.stream().map(prompt -> (long) prompt.length).toList();
        long longest = Collections.max(lengths);
        long shortest = Collections.min(lengths);
        if (controlLength < 0 || controlLength >= shortest) {
            throw new IllegalArgumentException("control_code_len: " + controlLength + " of a prompt's " + shortest
                    + " tokens would stay frozen; at least one is trained");
        }
        WordsHead head = WordsHead.of(model);
        Tensor table = frozen.weight(head.table()).detach();
        var all = new TensorVector();
        for (long[] prompt : prompts) {
            Tensor own = LabelPrefix.of(model, frozen, Tensors.longs(prompt, 1, prompt.length))
                    .values();
            Tensor layers = own.flatten(0, 1).unsqueeze(1);
            all.push_back(torch.constant_pad_nd(layers, new long[] {0, 0, 0, longest - prompt.length}, scalar(0)));
        }
        Tensor whole = torch.stack(all, 0);
        var trainables = new LinkedHashMap<String, Tensor>();
        trainables.put(PREFIX, leaf(slice(whole, 4, controlLength, longest)));
        Tensor special = Tensors.to(Tensors.longs(new long[] {tokens.begin(), tokens.end()}), table.device());
        trainables.put(SPECIAL, leaf(head.rows(frozen).detach().index_select(0, special)));
        if (infix != null) {
            trainables.put(INFIX, leaf(torch.embedding(table, infix).unsqueeze(1)));
        }
        Tensor bias = head.bias(frozen);
        var generator = new PrefixGenerator(
                model,
                frozen,
                head,
                tokens,
                lengths,
                slice(whole, 4, 0, controlLength).contiguous(),
                trainables,
                bias == null ? null : bias.detach().index_select(0, special),
                dropout);
        head.requirePlain(model, frozen, prompts.get(0));
        return generator;
    }

    private static Tensor leaf(Tensor tensor) {
        return tensor.detach().clone().requires_grad_(true);
    }

    /** The prefix of one label, its control code's places before those that are trained. */
    public LabelPrefix prefix(State state, long label) {
        Tensor whole = torch.cat(
                new TensorVector(control.select(0, label), state.get(PREFIX).select(0, label)), 3);
        Tensor own = slice(whole, 3, 0, lengths.get(Math.toIntExact(label)));
        return new LabelPrefix(own.reshape(own.size(0) / 2, 2, own.size(2), own.size(3), own.size(4)));
    }

    @Override
    public Tensor logits(State state, TuningBatch texts, Pass pass) {
        Tensor table = tokens.merged(frozen.weight(head.table()), state.get(SPECIAL));
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
            Tensor kept = pass.dropout(prefix(state, label).values(), dropout);
            Params params = frozen.replacing(Map.of(head.table(), words(table, infixes, label)))
                    .prefixed(new LabelPrefix(kept).before(model));
            Output said = model.forward(params, new Batch(inputs), pass);
            Tensor logits = slice(said.logits(), -1, 0, vocabulary);
            all.push_back(tokens.logits(logits, said.features(), state.outputRows(), state.outputBias()));
        }
        return torch.stack(all, 0);
    }

    /** The vocabulary's rows, and behind them those of a label's infix. */
    private static Tensor words(Tensor table, @Nullable Tensor infixes, long label) {
        return infixes == null
                ? table
                : torch.cat(new TensorVector(table, infixes.select(0, label).select(0, 0)), 0);
    }

    /** A label's own vectors are words behind those of the vocabulary, so that a model reads them as it reads words. */
    private static Tensor numbered(Tensor ids, Tensor numbers, long vocabulary) {
        return torch.where(numbers.ge(scalar(0)), numbers.add(new Scalar(vocabulary)), ids);
    }

    /**
     * The model as a label's writer: for {@link org.counterweight.model.generate.Continuations}. The tokens of a label's infix
     * are those of {@link #infix}.
     */
    public Params writing(long label) {
        try (var off = Tensors.noGrad()) {
            Tensor special = state().get(SPECIAL);
            Tensor table = tokens.merged(frozen.weight(head.table()), special);
            Tensor rows = tokens.merged(head.rows(frozen), special);
            return frozen.replacing(Map.of(
                            head.table(),
                                    words(table, trainables.get(INFIX), label).detach(),
                            head.weight(), rows.detach()))
                    .prefixed(new LabelPrefix(prefix(state(), label).values().detach()).before(model));
        }
    }

    /** The tokens that stand for a label's infix between two sentences, behind the vocabulary's; none without. */
    public long[] infix() {
        Tensor vectors = trainables.get(INFIX);
        long[] ids = new long[vectors == null ? 0 : Math.toIntExact(vectors.size(2))];
        Arrays.setAll(ids, i -> frozen.weight(head.table()).size(0) + i);
        return ids;
    }

    /** All that was tuned or stays beside it, by the names of the official checkpoint. */
    public Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>(trainables);
        all.put("control_params", control);
        all.put("special_lm_head.weight", state().outputRows());
        if (specialBias != null) {
            all.put("special_lm_head.bias", specialBias);
        }
        all.replaceAll((name, tensor) -> tensor.detach());
        return all;
    }

    /** Puts tuned tensors, by the names of {@link #trainables}, in place of those it holds. */
    public void restore(Map<String, Tensor> tuned) {
        try (var off = Tensors.noGrad()) {
            trainables.forEach((name, tensor) -> {
                Tensor saved = tuned.get(name);
                if (saved == null || !Arrays.equals(Tensors.shape(saved), Tensors.shape(tensor))) {
                    throw new IllegalArgumentException(name + " is "
                            + (saved == null ? "missing" : Arrays.toString(Tensors.shape(saved))) + ", not "
                            + Arrays.toString(Tensors.shape(tensor))
                            + ": these prefixes were tuned with other labels or prompts, or for another model");
                }
                tensor.copy_(saved);
            });
        }
    }
}
