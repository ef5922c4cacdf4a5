package org.counterweight.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.Found;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.codebook.Merging;
import org.counterweight.edit.index.KeyIndex;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fifty edits in one codebook: each can be taken back alone, and readers are not disturbed by whoever edits. */
class ManyEditsTest {
    private static final int EDITS = 50;
    private static final Model MODEL = new Mlp(6, List.of(12, 12), 4, Activation.named("tanh", "activation"), 0);

    private final Scope scope = Scope.open();
    private final Params params = Params.of(MODEL.initialize(new Seed(1).generator()));
    private final Tensor inputs = Tensors.zeros(EDITS, 6).normal_(0, 2, Tensors.optional(new Seed(2).generator()));
    private final GraceConfig config = Configs.bind(
            Configs.yaml("{layer: layers.1, eps: 1e-3, n_iter: 25, replacement: replace_all}", "settings"),
            GraceConfig.class,
            "");
    private final Editor editor = new Editor(MODEL, params, config, EditTask.CLASSES);

    @AfterEach
    void close() {
        scope.close();
    }

    private Batch row(int i) {
        return new Batch(Map.of(Batch.PIXEL_VALUES, Tensors.slice(inputs, 0, i, i + 1)));
    }

    private long told(Params asked, int i) {
        try (var inner = Scope.open();
                var off = Tensors.noGrad()) {
            return MODEL.forward(asked, row(i), Pass.evaluation())
                    .logits()
                    .argmax(new LongOptional(1), false)
                    .item_long();
        }
    }

    private EditRequest request(int i) {
        long wanted = (told(params, i) + 1) % 4;
        return new EditRequest(
                "edit " + i, "", row(i).with(Batch.LABELS, longs(new long[] {wanted})), new long[] {wanted});
    }

    private History.State edited(int count) {
        History.State state = History.State.empty(Distance.EUC);
        for (int i = 0; i < count; i++) {
            EditResult result = editor.edit(state, request(i), false, 0);
            assertThat(result.right()).as("edit " + i).isTrue();
            state = result.after();
        }
        return state;
    }

    private Tensor logits(Params asked) {
        return MODEL.forward(asked, new Batch(Map.of(Batch.PIXEL_VALUES, inputs)), Pass.evaluation())
                .logits();
    }

    @Test
    void anyOneIsTakenBackAndTheOthersStay() {
        History.State state = edited(EDITS);
        Tensor all = logits(editor.edited(state.book()));
        Tensor base = logits(params);
        for (int gone = 0; gone < EDITS; gone++) {
            long id = state.book().entries().get(gone).id();
            Codebook rest = state.history().delete(state.book(), id, false).book();
            Tensor now = logits(editor.edited(rest));
            for (int i = 0; i < EDITS; i++) {
                assertTensor(now.select(0, i))
                        .as("edit " + i + " without " + gone)
                        .isEqualTo((i == gone ? base : all).select(0, i));
            }
        }
        Codebook none = state.history().rollback(state.book(), EDITS).book();
        assertTensor(logits(editor.edited(none))).isEqualTo(base);
    }

    /** Ten thousand entries, of which twenty are at inputs: those answer, all others pass to the last bit, and none is missed. */
    @Test
    void tenThousandEntriesLeaveOtherInputsAlone() {
        double[][] activations = editor.activations(new Batch(Map.of(Batch.PIXEL_VALUES, inputs)))
                .queries();
        var random = new Seed(4).random();
        var entries = new ArrayList<Entry>();
        for (int id = 0; id < 10_000; id++) {
            double[] key = id % 500 == 0
                    ? activations[id / 500]
                    : random.doubles(12).map(x -> 2 * x - 1).toArray();
            double[] value = random.doubles(12).toArray();
            entries.add(new Entry(id, key, value, 1e-3, new long[] {id % 4}, List.of(), "", 0));
        }
        var book = new Codebook(Distance.EUC, entries, 10_000);
        KeyIndex index = KeyIndex.of(book);
        for (double[] query : activations) {
            Found found = book.nearest(query);
            assertThat(index.serving(query)).isEqualTo(found.hit() ? found : index.serving(new double[12]));
        }
        var asked = new ArrayList<Long>();
        Tensor now = logits(editor.edited(book, (point, batch, ids) -> {
            for (long id : ids) {
                asked.add(id);
            }
        }));
        Tensor base = logits(params);
        for (int i = 0; i < EDITS; i++) {
            assertThat(asked.get(i)).isEqualTo(i < 20 ? 500L * i : -1L);
            if (i >= 20) {
                assertTensor(now.select(0, i)).as("input " + i).isEqualTo(base.select(0, i));
            }
        }
    }

    @Test
    void mergedCodebooksAnswerAsBothDid() {
        History.State first = edited(10);
        History.State second = History.State.empty(Distance.EUC);
        for (int i = 10; i < 20; i++) {
            second = editor.edit(second, request(i), false, 0).after();
        }
        Codebook both =
                Merging.merged(first, second.book(), config.maintenance()).book();
        for (int i = 0; i < 20; i++) {
            assertThat(told(editor.edited(both), i)).as("edit " + i).isEqualTo((told(params, i) + 1) % 4);
        }
    }

    /** A reader sees the codebook of before an edit or the one of after it, whole. */
    @Test
    void readersSeeOneCodebookOrTheNext() throws Exception {
        long[] before =
                IntStream.range(0, EDITS).mapToLong(i -> told(params, i)).toArray();
        var current = new AtomicReference<>(Codebook.empty(Distance.EUC));
        var over = new AtomicBoolean();
        Callable<Integer> reading = () -> {
            int asked = 0;
            while (!over.get() || asked == 0) {
                Codebook book = Objects.requireNonNull(current.get());
                Params edited = editor.edited(book);
                for (int i = 0; i < EDITS; i += 5) {
                    long wanted = i < book.size() ? (before[i] + 1) % 4 : before[i];
                    if (told(edited, i) != wanted) {
                        throw new AssertionError("input " + i + " with " + book.size() + " edits");
                    }
                    asked++;
                }
            }
            return asked;
        };
        var readers = Executors.newFixedThreadPool(4);
        try {
            var asked = new ArrayList<Future<Integer>>();
            for (int r = 0; r < 4; r++) {
                asked.add(readers.submit(reading));
            }
            History.State state = History.State.empty(Distance.EUC);
            for (int i = 0; i < EDITS; i++) {
                state = editor.edit(state, request(i), false, 0).after();
                current.set(state.book());
            }
            over.set(true);
            for (Future<Integer> of : asked) {
                assertThat(of.get()).isPositive();
            }
        } finally {
            over.set(true);
            readers.shutdown();
        }
    }
}
