package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.generate.Continuations;
import org.counterweight.model.generate.Generation;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A text that is continued with what was read before remembered is the one that is found by reading all of it each time. */
class RememberedTest {
    private static final int ADDED = 7;
    private static final long[] PROMPT = {3, 4, 5};

    /** Every family's language model; and Phi-3 beyond the length from which its keys are turned otherwise. */
    static List<Named<Model>> speakers() {
        List<Named<Model>> all = Zoo.all().stream()
                .filter(named -> named.getPayload().answerStart().isPresent()
                        || named.getName().matches(".*(ForCausalLM|LMHeadModel)"))
                .collect(Collectors.toList());
        all.add(Named.of(
                "Phi3 whose text grows long",
                Zoo.of(
                        "phi3",
                        "Phi3ForCausalLM",
                        "\"original_max_position_embeddings\": 6, \"rope_scaling\": {\"rope_type\": \"longrope\","
                                + " \"short_factor\": [1, 1.2], \"long_factor\": [3, 9]}")));
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("speakers")
    void isTheSameText(Model model) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Params params = Zoo.params(model, ScalarType.Double);
            long[] added = Generation.greedy(ADDED).extend(model, params, PROMPT, Set.of(), 0);
            assertThat(added).hasSize(ADDED);
            long[] text = model.answerStart().isPresent()
                    ? new long[] {model.answerStart().getAsLong()}
                    : PROMPT;
            for (long next : added) {
                Tensor logits = model.forward(params, batch(model, text), Pass.evaluation())
                        .logits();
                assertThat(logits.select(0, 0).select(0, -1).argmax().item_long())
                        .isEqualTo(next);
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = next;
            }
        }
    }

    /** Of unlike lengths, and of a batch that the first ones leave early. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("speakers")
    void isTheSameTextBesideOthers(Model model) {
        besideOthers(model, ScalarType.Double);
    }

    /** In float32 the products of few texts are taken another way round than those of one. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("speakers")
    void isTheSameTextBesideOthersInFloat32(Model model) {
        besideOthers(model, ScalarType.Float);
    }

    private static void besideOthers(Model model, ScalarType type) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Params params = Zoo.params(model, type);
            List<long[]> prompts = List.of(PROMPT, new long[] {7, 2}, new long[] {5}, new long[] {3, 4, 8}, PROMPT);
            Generation greedy = Generation.greedy(ADDED);
            long end = greedy.extend(model, params, prompts.get(1), Set.of(), 0)[2];
            List<Continuations.Continued> together =
                    Continuations.of(model, params, greedy, Set.of(end)).after(prompts, 0);
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together.get(i).tokens())
                        .isEqualTo(greedy.extend(model, params, prompts.get(i), Set.of(end), i));
            }
        }
    }

    private static Batch batch(Model model, long[] text) {
        Tensor ids = Tensors.longs(text, 1, text.length);
        return model.answerStart().isPresent()
                ? new Batch(
                        Map.of(Batch.INPUT_IDS, Tensors.longs(PROMPT, 1, PROMPT.length), Batch.DECODER_INPUT_IDS, ids))
                : new Batch(Map.of(Batch.INPUT_IDS, ids));
    }
}
