package org.counterweight.fewgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.fewgen.SmallWriter.MODEL;
import static org.counterweight.fewgen.SmallWriter.TOKENS;
import static org.counterweight.fewgen.SmallWriter.frozen;
import static org.counterweight.fewgen.SmallWriter.generator;
import static org.counterweight.fewgen.SmallWriter.net;
import static org.counterweight.fewgen.SmallWriter.settings;
import static org.counterweight.fewgen.SmallWriter.texts;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.fewgen.prefix.PrefixGenerator;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A frozen model behind prefixes: what it says is what it says after prompts, and what was tuned is what writes. */
class PrefixGeneratorTest {
    private Scope scope;
    private Params frozen;

    @BeforeEach
    void open() {
        scope = Scope.open();
        frozen = frozen();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void aPrefixOfAPromptIsThePrompt() {
        Tensor found = generator(frozen).logits(generator(frozen).state(), texts(), Pass.evaluation());
        long[][] prompts = {{7, 3, 4}, {7, 9, 6}};
        for (int label = 0; label < 2; label++) {
            Tensor prompt = longs(prompts[label], 1, 3).expand(3, 3);
            Tensor whole = torch.cat(new TensorVector(prompt, texts().ids()), 1);
            Tensor said = MODEL.forward(frozen, new Batch(Map.of(Batch.INPUT_IDS, whole)), Pass.evaluation())
                    .logits();
            assertTensor(found.select(0, label)).isCloseTo(slice(said, 1, 3, 7), 1e-9, 1e-9);
        }
    }

    @Test
    void promptsMayDifferInLength() {
        PrefixGenerator generator = PrefixGenerator.of(
                MODEL, frozen, TOKENS, List.of(new long[] {7, 3}, new long[] {7, 9, 6, 2}), 1, null, 0);
        Tensor found = generator.logits(generator.state(), texts(), Pass.evaluation());
        long[][] prompts = {{7, 3}, {7, 9, 6, 2}};
        for (int label = 0; label < 2; label++) {
            int places = prompts[label].length;
            Tensor whole =
                    torch.cat(new TensorVector(longs(prompts[label], 1, places).expand(3, places), texts().ids()), 1);
            Tensor said = MODEL.forward(frozen, new Batch(Map.of(Batch.INPUT_IDS, whole)), Pass.evaluation())
                    .logits();
            assertTensor(found.select(0, label)).isCloseTo(slice(said, 1, places, places + 4), 1e-9, 1e-9);
        }
        try (var training = new GeneratorTraining(generator, net(1), settings(DiscSpace.LOGPROB, 0.1, false))) {
            training.step(texts(), Pass.evaluation());
        }
        Tensor behind = slice(
                Objects.requireNonNull(generator.trainables().get("prefix_params"))
                        .select(0, 0),
                3,
                1,
                3);
        assertThat(behind.abs().max().item_double()).isZero(); // places that no text sees stay as they were
    }

    /** What is written under a label is what the tuned prefixes say, their own vectors of beginning and end included. */
    @Test
    void whatIsWrittenIsWhatWasTuned() {
        PrefixGenerator generator = generator(frozen, new long[] {7, 3, 4, 7, 9, 6}, 2, true);
        Tensor infix = longs(new long[] {5, 2, 3, 8, 0}, 1, 5);
        Tensor places = longs(new long[] {0, 1, 1, 0, 0}, 1, 5);
        var pair = new TuningBatch(infix, infix, longs(new long[] {1}), null, places);
        try (var training = new GeneratorTraining(generator, net(1), settings(DiscSpace.LOGPROB, 0.1, false))) {
            training.step(pair, Pass.evaluation());
        }
        Tensor tuned = generator.logits(generator.state(), pair, Pass.evaluation());
        long[] own = generator.infix();
        Tensor ids = longs(new long[] {5, own[0], own[1], 8, 0}, 1, 5);
        Tensor written = MODEL.forward(generator.writing(1), new Batch(Map.of(Batch.INPUT_IDS, ids)), Pass.evaluation())
                .logits();
        assertThat(written.size(2)).isEqualTo(11);
        assertTensor(written).isCloseTo(tuned.select(0, 1), 1e-10, 1e-10);
    }

    @Test
    void anInfixOfWordsIsTheWords() {
        PrefixGenerator generator = generator(frozen, new long[] {7, 3, 4, 7, 9, 6}, 2, true);
        Tensor other = longs(new long[] {5, 10, 10, 8, 0}, 1, 5);
        Tensor places = longs(new long[] {0, 1, 1, 0, 0}, 1, 5);
        var texts = new TuningBatch(other, other, longs(new long[] {1}), null, places);
        Tensor found = generator.logits(generator.state(), texts, Pass.evaluation());
        Tensor words = longs(new long[] {5, 4, 5, 8, 0}, 1, 5); // of label 1
        var plain = new TuningBatch(words, words, longs(new long[] {1}), null, null);
        Tensor wanted = generator.logits(generator.state(), plain, Pass.evaluation());
        assertTensor(found.select(0, 1)).isCloseTo(wanted.select(0, 1), 1e-10, 1e-10);
        assertThat(found.select(0, 0).sub(wanted.select(0, 0)).abs().max().item_double())
                .isGreaterThan(1e-3);

        var cut = new TuningBatch(other, other, longs(new long[] {1}), null, longs(new long[] {0, 0, 0, 0, 1}, 1, 5));
        assertThatThrownBy(() -> generator.logits(generator.state(), cut, Pass.evaluation()))
                .hasMessageContaining("row 0 has 1 places for the 2 vectors");
    }
}
