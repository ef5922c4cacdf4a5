package org.counterweight.model.generate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;

/** Texts that grow together, all of one length at each step; those at their end leave. */
final class GrowingBatch implements AutoCloseable {
    private final Continuations settings;
    private final NextToken nextToken;
    private final Past past = new Past();
    private List<GrowingText> texts;
    private int length;

    GrowingBatch(Continuations settings, List<GrowingText> texts) {
        this.settings = settings;
        this.nextToken = settings.settings().nextToken();
        this.texts = texts;
        this.length = texts.stream().mapToInt(GrowingText::begun).min().orElse(0);
    }

    void toTheEnd() {
        long remembered = settings.model().longestRemembered();
        while (!texts.isEmpty()) {
            if (past.length() <= remembered && length > remembered) {
                past.forget();
            }
            try (var scope = Scope.open()) {
                step();
                leave();
            }
            length++;
        }
    }

    private void step() {
        Output read = settings.model().forward(settings.params(), batch(), Pass.after(past));
        int[] wanting = places(text -> text.wants(length));
        if (wanting.length == 0) {
            return;
        }
        Tensor last = read.hidden().select(1, -1); // of the last token alone
        if (wanting.length < texts.size()) {
            last = last.index_select(0, Tensors.to(rows(wanting), last.device()));
        }
        // on the processor, so that a seed gives the same text on every device
        Tensor logits = read.head().apply(last).to(ScalarType.Float).cpu();
        long[] next = Tensors.toLongs(next(logits, wanting));
        for (int i = 0; i < wanting.length; i++) {
            texts.get(wanting[i]).add(next[i], settings);
        }
    }

    private Tensor next(Tensor logits, int... wanting) {
        Tensor seen = nextToken.looksBack() ? tokens(0, wanting) : logits;
        if (nextToken.isGreedy()) {
            return nextToken.likeliest(logits, seen);
        }
        double[] draws =
                IntStream.of(wanting).mapToDouble(i -> texts.get(i).draw()).toArray();
        return NextToken.at(nextToken.probabilities(logits, seen), draws);
    }

    /** What has not been read yet, and before it, where the model answers, what is asked. */
    private Batch batch() {
        int[] all = places(text -> true);
        Tensor fresh = tokens(Math.toIntExact(past.length()), all);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        if (settings.model().answerStart().isEmpty()) {
            inputs.put(Batch.INPUT_IDS, fresh);
        } else {
            List<long[]> asked = texts.stream().map(GrowingText::asked).toList();
            int width = asked.stream().mapToInt(one -> one.length).max().orElse(0);
            inputs.put(Batch.INPUT_IDS, padded(asked, width));
            inputs.put(Batch.ATTENTION_MASK, mask(asked, width));
            inputs.put(Batch.DECODER_INPUT_IDS, fresh);
        }
        return new Batch(inputs).to(settings.params().device());
    }

    private static Tensor padded(List<long[]> rows, int width) {
        long[] all = new long[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * width, rows.get(i).length);
        }
        return Tensors.longs(all, rows.size(), width);
    }

    private static Tensor mask(List<long[]> rows, int width) {
        long[] all = new long[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            Arrays.fill(all, i * width, i * width + rows.get(i).length, 1);
        }
        return Tensors.longs(all, rows.size(), width);
    }

    /** The tokens from {@code from} on of some texts, {@code int64 [texts, length − from]}. */
    private Tensor tokens(int from, int... which) {
        int width = length - from;
        long[] ids = new long[which.length * width];
        for (int i = 0; i < which.length; i++) {
            GrowingText text = texts.get(which[i]);
            for (int j = 0; j < width; j++) {
                ids[i * width + j] = text.token(from + j);
            }
        }
        return Tensors.longs(ids, which.length, width);
    }

    private void leave() {
        int[] growing = places(GrowingText::isGrowing);
        if (growing.length < texts.size()) {
            if (growing.length > 0) {
                past.select(Tensors.to(rows(growing), settings.params().device()));
            }
            texts = IntStream.of(growing).mapToObj(texts::get).toList();
        }
    }

    private int[] places(Predicate<GrowingText> which) {
        return IntStream.range(0, texts.size())
                .filter(i -> which.test(texts.get(i)))
                .toArray();
    }

    private static Tensor rows(int... places) {
        return Tensors.longs(IntStream.of(places).asLongStream().toArray());
    }

    @Override
    public void close() {
        past.close();
    }
}
