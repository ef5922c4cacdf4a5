package org.counterweight.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.History;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.generate.Generation;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.train.state.TrainingException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GRACE on small transformers: what it changes, what it leaves alone, and what it refuses. */
class GraceTest {
    private static final String BERT =
            "{model_type: bert, architectures: [BertForSequenceClassification], vocab_size: 20,"
                    + " hidden_size: 8, num_hidden_layers: 3, num_attention_heads: 2, intermediate_size: 12,"
                    + " max_position_embeddings: 16, id2label: {0: a, 1: b, 2: c}}";
    private static final String GPT2 = "{model_type: gpt2, architectures: [GPT2LMHeadModel], vocab_size: 20, n_embd: 8,"
            + " n_layer: 3, n_head: 2, n_positions: 32}";
    private static final String LLAMA = "{model_type: llama, architectures: [LlamaForCausalLM], vocab_size: 20,"
            + " hidden_size: 8, num_hidden_layers: 3, num_attention_heads: 2, num_key_value_heads: 1,"
            + " intermediate_size: 12, max_position_embeddings: 32}";

    private Scope scope = Scope.open();

    @BeforeEach
    void open() {
        scope.close();
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Model model(String config) {
        return Architectures.of(Configs.yaml(config, "config"));
    }

    /** With weights large enough that inputs differ. */
    private static Params params(Model model) {
        var weights = new LinkedHashMap<>(model.initialize(new Seed(4).generator()));
        weights.replaceAll((name, tensor) -> tensor.dim() < 2 ? tensor : Tensors.times(tensor, 12));
        return Params.of(weights);
    }

    private static GraceConfig config(String settings) {
        return Configs.bind(Configs.yaml(settings, "settings"), GraceConfig.class, "");
    }

    private static Batch row(long label, long... ids) {
        return new Batch(Map.of(
                Batch.INPUT_IDS, longs(ids, 1, ids.length),
                Batch.ATTENTION_MASK, longs(ids(ids.length, 1), 1, ids.length),
                Batch.LABELS, longs(new long[] {label})));
    }

    private static long[] ids(int length, long value) {
        long[] all = new long[length];
        Arrays.fill(all, value);
        return all;
    }

    private static EditRequest request(String name, long label, long... ids) {
        return new EditRequest(name, Arrays.toString(ids), row(label, ids), new long[] {label});
    }

    private static final long[][] TEXTS = {{2, 5, 6, 3}, {2, 9, 3}, {2, 7, 8, 11, 12, 3}, {2, 14, 15, 3}, {2, 16, 3}};

    /** Rows of mixed lengths, padded on the right. */
    private static Batch padded(long[]... texts) {
        int width = Arrays.stream(texts).mapToInt(text -> text.length).max().orElse(0);
        long[] flat = new long[texts.length * width];
        long[] mask = new long[flat.length];
        for (int i = 0; i < texts.length; i++) {
            System.arraycopy(texts[i], 0, flat, i * width, texts[i].length);
            Arrays.fill(mask, i * width, i * width + texts[i].length, 1);
        }
        return new Batch(Map.of(
                Batch.INPUT_IDS, longs(flat, texts.length, width),
                Batch.ATTENTION_MASK, longs(mask, texts.length, width)));
    }

    private static Tensor logits(Model model, Params params, Batch batch) {
        return model.forward(params, batch, Pass.evaluation()).logits();
    }

    private static Editor editor(Model model, Params params, String settings) {
        return new Editor(model, params, config(settings), EditTask.CLASSES);
    }

    /** The class that the model gives next to its own. */
    private static long wrong(Model model, Params params, long[] text) {
        double[] all = Tensors.toDoubles(logits(model, params, row(0, text)));
        double[] sorted = all.clone();
        Arrays.sort(sorted);
        int second = 0;
        while (all[second] != sorted[all.length - 2]) {
            second++;
        }
        return second;
    }

    /** The classifier hears the first token above all: it is the one that is replaced, where only one is. */
    private static String replacing(Replacement replacement, String eps) {
        return "{layer: layer.1.output.dense, eps: " + eps + ", replacement: "
                + replacement.name().toLowerCase(Locale.ROOT) + ", key_token: "
                + (replacement == Replacement.REPLACE_LAST ? "cls" : "last_non_pad") + "}";
    }

    private static History.State editTwo(Editor editor, Model model, Params params) {
        History.State state = History.State.empty(Distance.EUC);
        for (int i = 0; i < 2; i++) {
            EditResult result =
                    editor.edit(state, request("edit " + i, wrong(model, params, TEXTS[i]), TEXTS[i]), false, 0);
            assertThat(result.right())
                    .as("edit " + i + " " + Arrays.toString(result.losses()))
                    .isTrue();
            state = result.after();
        }
        return state;
    }

    @ParameterizedTest
    @EnumSource
    void anEditChangesItsInputAndNothingElse(Replacement replacement) {
        Model model = model(BERT);
        Params params = params(model);
        var before = new LinkedHashMap<String, Tensor>();
        params.weights().forEach((name, tensor) -> before.put(name, tensor.clone()));
        Editor editor = editor(model, params, replacing(replacement, "1e-3"));
        assertThat(editor.point().below()).isEqualTo("bert.encoder.layer.0");
        History.State state = editTwo(editor, model, params);
        Params edited = editor.edited(state.book());
        for (int i = 0; i < 2; i++) {
            assertThat(editor.isRight(state.book(), request("", wrong(model, params, TEXTS[i]), TEXTS[i])))
                    .isTrue();
        }
        for (int i = 2; i < TEXTS.length; i++) {
            assertTensor(logits(model, edited, row(0, TEXTS[i]))).isEqualTo(logits(model, params, row(0, TEXTS[i])));
        }
        assertTensor(logits(model, editor.edited(Codebook.empty(Distance.EUC)), padded(TEXTS)))
                .isEqualTo(logits(model, params, padded(TEXTS)));
        before.forEach((name, tensor) ->
                assertTensor(params.weights().get(name)).as(name).isEqualTo(tensor));
    }

    /** And rows that nothing serves are as they were, to the last bit, whatever serves those beside them. */
    @ParameterizedTest
    @EnumSource
    void aPaddedBatchAnswersAsEachRowAlone(Replacement replacement) {
        Model model = model(BERT);
        Params params = params(model);
        Editor editor = editor(model, params, replacing(replacement, "1e-2"));
        Params edited = editor.edited(editTwo(editor, model, params).book());
        Tensor together = logits(model, edited, padded(TEXTS));
        Tensor base = logits(model, params, padded(TEXTS));
        for (int i = 0; i < TEXTS.length; i++) {
            assertTensor(together.select(0, i))
                    .isCloseTo(logits(model, edited, row(0, TEXTS[i])).select(0, 0), 1e-4, 1e-5);
            if (i >= 2) {
                assertTensor(together.select(0, i)).isEqualTo(base.select(0, i));
            }
        }
    }

    @Test
    void lowerLayersAreComputedOnceAndNothingComesOutOtherwise() {
        Model model = model(BERT);
        Params params = params(model);
        EditRequest request = request("edit", wrong(model, params, TEXTS[2]), TEXTS[2]);
        var values = new double[2][];
        for (int i = 0; i < 2; i++) {
            Editor editor = editor(model, params, "{layer: layer." + (i == 0 ? 1 : 0) + ".output.dense, n_iter: 5}");
            values[i] = editor.edit(History.State.empty(Distance.EUC), request, true, 0)
                    .losses();
        }
        assertThat(values[0][0]).isNotEqualTo(values[1][0]);
        // A point whose layer has none below goes the whole way: the same layer under another name for it.
        Editor resumed = editor(model, params, "{layer: layer.1.output.dense, n_iter: 5}");
        double[] again = resumed.edit(History.State.empty(Distance.EUC), request, true, 0)
                .losses();
        assertThat(again).isEqualTo(values[0]);
        Params edited = resumed.edited(resumed.edit(History.State.empty(Distance.EUC), request, true, 0)
                .after()
                .book());
        double last = Tensors.toDoubles(logits(model, edited, request.row()).log_softmax(1))[(int) request.label()[0]];
        assertThat(-last).isLessThan(again[0]);
    }

    @Test
    void trainingAnEntryMovesNoOther() {
        Model model = model(BERT);
        Params params = params(model);
        Editor editor = editor(model, params, "{layer: layer.1.output.dense, eps: 1e-3}");
        History.State two = editTwo(editor, model, params);
        History.State three = editor.edit(two, request("third", wrong(model, params, TEXTS[3]), TEXTS[3]), false, 0)
                .after();
        assertThat(three.book().entries().subList(0, 2)).isEqualTo(two.book().entries());
        EditResult kept = editor.edit(three, request("again", wrong(model, params, TEXTS[3]), TEXTS[3]), true, 0);
        assertThat(kept.action()).isEqualTo(org.counterweight.edit.codebook.Action.KEEP);
        assertThat(kept.after().book().entries().subList(0, 2))
                .isEqualTo(two.book().entries());
    }

    @Test
    void aModelThatIsRightIsLeftAloneUnlessForced() {
        Model model = model(BERT);
        Params params = params(model);
        Editor editor = editor(model, params, "{layer: layer.1.output.dense, n_iter: 2}");
        long right = logits(model, params, row(0, TEXTS[0]))
                .argmax(new org.bytedeco.pytorch.LongOptional(1), false)
                .item_long();
        History.State empty = History.State.empty(Distance.EUC);
        EditResult skipped = editor.edit(empty, request("edit", right, TEXTS[0]), false, 0);
        assertThat(skipped.skipped()).isTrue();
        assertThat(skipped.after()).isSameAs(empty);
        assertThat(editor.edit(empty, request("edit", right, TEXTS[0]), true, 0)
                        .after()
                        .book()
                        .size())
                .isEqualTo(1);
    }

    /** What is served from the second token on is what was found at the end of the prompt. */
    @ParameterizedTest
    @CsvSource({
        "gpt2, replace_all",
        "gpt2, replace_last",
        "gpt2, replace_prompt",
        "llama, replace_all",
        "llama, replace_last"
    })
    void generationShowsTheEdit(String which, String replacement) {
        Model model = model(which.equals("gpt2") ? GPT2 : LLAMA);
        Params params = params(model);
        long[] prompt = {5, 6, 7};
        long[] target = {9, 14};
        String layer = which.equals("gpt2") ? "h.1.mlp.c_proj" : "layers.1.mlp.down_proj";
        var editor = new Editor(
                model,
                params,
                config("{layer: " + layer + ", eps: 1e-2, n_iter: 200, inclusive: true, replacement: " + replacement
                        + "}"),
                EditTask.TOKENS);
        EditResult result = editor.edit(History.State.empty(Distance.EUC), tokens("edit", prompt, target), false, 0);
        var generation = Generation.greedy(target.length);
        long[] before = generation.extend(model, params, prompt, Set.of(), 0);
        long[] after = generation.extend(model, editor.edited(result.after().book()), prompt, Set.of(), 0);
        assertThat(before).isNotEqualTo(target);
        assertThat(Arrays.equals(after, target)).isEqualTo(result.right());
        assertThat(result.losses()[result.losses().length - 1]).isLessThan(result.losses()[0]);
        long[] other = {8, 3};
        assertThat(generation.extend(model, editor.edited(result.after().book()), other, Set.of(), 0))
                .isEqualTo(generation.extend(model, params, other, Set.of(), 0));
    }

    private static EditRequest tokens(String name, long[] prompt, long[] target) {
        long[] all = Arrays.copyOf(prompt, prompt.length + target.length);
        long[] labels = ids(all.length, -100);
        for (int i = 0; i < target.length; i++) {
            all[prompt.length + i] = target[i];
            labels[prompt.length + i] = target[i];
        }
        var batch = new Batch(Map.of(
                Batch.INPUT_IDS, longs(all, 1, all.length),
                Batch.LABELS, longs(labels, 1, labels.length),
                GraceTap.KEY_TOKEN, longs(new long[] {prompt.length - 1})));
        return new EditRequest(name, "", batch, target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"last", "last_non_pad", "cls", "mean"})
    void everyKeyTokenHasAQueryOfItsOwn(String key) {
        Model model = model(BERT);
        Params params = params(model);
        Editor editor = editor(model, params, "{layer: layer.1.output.dense, key_token: " + key + "}");
        double[][] together = editor.activations(padded(TEXTS)).queries();
        double[] alone = editor.activations(row(0, TEXTS[1])).queries()[0];
        double apart = Distance.EUC.between(together[1], alone);
        assertThat(apart < 1e-4).isEqualTo(!key.equals("last")); // its last column is padding
    }

    @Test
    void whatCannotBeEditedIsRefusedAndNothingIsKept() {
        Model model = model(BERT);
        Params params = params(model);
        assertThatThrownBy(() -> editor(model, params, "{layer: layer.7.output.dense}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("\"layer.7.output.dense\" is no layer of this model that can be wrapped");
        assertThatThrownBy(() -> editor(model, params, "{layer: output.dense}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("fits 6 layers");
        assertThat(EditPoint.of(model, "bert.encoder.layer[2].output.dense.weight")
                        .name())
                .isEqualTo("bert.encoder.layer.2.output.dense");
        History.State empty = History.State.empty(Distance.EUC);
        EditResult unheard = editor(model, params, "{layer: layer.2, replacement: replace_last, n_iter: 3}")
                .edit(empty, request("line 3", wrong(model, params, TEXTS[0]), TEXTS[0]), true, 0);
        assertThat(unheard.reached())
                .as("the pooler sees the first token alone")
                .isFalse();
        assertThat(unheard.right()).isFalse();
        assertThatThrownBy(() -> new EditRequest("line 4", "", row(0, 1), new long[0]))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 4: the edit has no label");
        var broken = new LinkedHashMap<>(params.weights());
        broken.computeIfPresent(
                "bert.embeddings.word_embeddings.weight", (name, tensor) -> Tensors.times(tensor, Double.NaN));
        assertThatThrownBy(() -> editor(model, Params.of(broken), "{layer: layer.1.output.dense}")
                        .edit(empty, request("line 5", 1, TEXTS[0]), true, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 5: what enters bert.encoder.layer.1.output.dense is not finite");
        assertThatThrownBy(() -> editor(model, params, "{layer: layer.1.output.dense, edit_lr: 1e37}")
                        .edit(empty, request("line 6", 1, TEXTS[0]), true, 0))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("line 6: the loss became");
        var wide = new Entry(0, new double[3], new double[4], 1, new long[] {1}, List.of(), "", 0);
        Params other = editor(model, params, "{layer: layer.1.output.dense}")
                .edited(new Codebook(Distance.EUC, List.of(wide), 1));
        assertThatThrownBy(() -> logits(model, other, row(0, TEXTS[0])))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("it was made for another model or layer");
    }
}
