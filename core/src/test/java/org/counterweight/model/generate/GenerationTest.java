package org.counterweight.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each token is what the whole text so far would give, and a draw is of the distribution that was asked for. */
class GenerationTest {
    private static final String GPT2 = "{model_type: gpt2, vocab_size: 40, n_embd: 16, n_layer: 2, n_head: 2,"
            + " n_positions: 32, initializer_range: 0.5}";
    private static final String LLAMA = "{model_type: llama, vocab_size: 40, hidden_size: 16, num_hidden_layers: 2,"
            + " num_attention_heads: 4, num_key_value_heads: 2, intermediate_size: 24, initializer_range: 0.5}";
    private static final Offset<Double> NEAR = Offset.offset(0.03); // four deviations of 4,000 draws
    private static final long[] PROMPT = {3, 17, 5, 30};

    private static Generation settings(String yaml) {
        return Configs.bind(Configs.yaml(yaml, "test"), Generation.class, "");
    }

    private static Model model(String config) {
        return Architectures.of(Configs.yaml(config, "test"));
    }

    @ParameterizedTest
    @ValueSource(strings = {GPT2, LLAMA})
    void theTokensReadBeforeNeedNotBeReadAgain(String config) {
        try (var scope = Scope.open()) {
            Model model = model(config);
            Params params = Params.of(model.initialize(new Seed(4).generator()));
            long[] added = settings("{max_new_tokens: 20}").extend(model, params, PROMPT, Set.of(), 0);
            assertThat(added).hasSize(20);
            long[] text = PROMPT;
            for (long token : added) {
                Batch all = new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(text, 1, text.length)));
                Tensor last = model.forward(params, all, Pass.evaluation())
                        .logits()
                        .select(1, -1)
                        .view(-1);
                assertThat(token)
                        .isEqualTo(last.argmax(new LongOptional(0), false).item_long());
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = token;
            }
        }
    }

    @Test
    void anEndEndsAndIsNotToldAlong() {
        try (var scope = Scope.open()) {
            Model model = model(GPT2);
            Params params = Params.of(model.initialize(new Seed(4).generator()));
            Generation settings = settings("{max_new_tokens: 20}");
            long[] all = settings.extend(model, params, PROMPT, Set.of(), 0);
            long end = all[5];
            int first = 0;
            while (all[first] != end) {
                first++;
            }
            assertThat(settings.extend(model, params, PROMPT, Set.of(end), 0)).isEqualTo(Arrays.copyOf(all, first));
        }
    }

    @Test
    void aSeedGivesTheSameTextAndAnotherSeedAnother() {
        try (var scope = Scope.open()) {
            Model model = model(LLAMA);
            Params params = Params.of(model.initialize(new Seed(4).generator()));
            long[] once = settings("{temperature: 1.0, seed: 1}").extend(model, params, PROMPT, Set.of(), 0);
            assertThat(settings("{temperature: 1.0, seed: 1}").extend(model, params, PROMPT, Set.of(), 0))
                    .isEqualTo(once);
            assertThat(settings("{temperature: 1.0, seed: 1}").extend(model, params, PROMPT, Set.of(), 1))
                    .isNotEqualTo(once);
            assertThat(settings("{temperature: 1.0, seed: 2}").extend(model, params, PROMPT, Set.of(), 0))
                    .isNotEqualTo(once);
        }
    }

    /** Probabilities 0.5, 0.3, 0.15, 0.05: top p 0.7 keeps the first two, 5 to 3. */
    @Test
    void drawsFollowTheCutDistribution() {
        try (var scope = Scope.open()) {
            Tensor logits = Tensors.doubles(new double[] {0.15, 0.5, 0.05, 0.3}).log();
            assertThat(shares("{temperature: 1.0, top_p: 0.7}", logits))
                    .containsExactly(new double[] {0, 0.625, 0, 0.375}, NEAR);
            assertThat(shares("{temperature: 1.0, top_p: 0.4}", logits))
                    .containsExactly(new double[] {0, 1, 0, 0}, NEAR);
            assertThat(shares("{temperature: 1.0, top_k: 3}", logits))
                    .containsExactly(new double[] {0.158, 0.526, 0, 0.316}, NEAR);
            assertThat(shares("{temperature: 1.0, min_p: 0.35}", logits))
                    .containsExactly(new double[] {0, 0.625, 0, 0.375}, NEAR);
            assertThat(shares("{temperature: 1.0}", logits)).containsExactly(new double[] {0.15, 0.5, 0.05, 0.3}, NEAR);
            assertThat(shares("{temperature: 0.5}", logits))
                    .containsExactly(new double[] {0.062, 0.685, 0.007, 0.247}, NEAR);
        }
    }

    private static double[] shares(String settings, Tensor logits) {
        Tensor p =
                settings(settings).nextToken().probabilities(logits.unsqueeze(0), Tensors.longs(new long[] {0}, 1, 1));
        var random = new Seed(9).random();
        double[] shares = new double[4];
        int draws = 4000;
        long[] drawn = Tensors.toLongs(
                NextToken.at(p.expand(draws, 4), random.doubles(draws).toArray()));
        for (long token : drawn) {
            shares[(int) token] += 1.0 / draws;
        }
        return shares;
    }

    @Test
    void aDrawIsTheTokenInWhoseShareItLies() {
        try (var scope = Scope.open()) {
            Tensor p = Tensors.doubles(new double[] {0, 0.25, 0, 0.5, 0.25, 0}, 1, 6)
                    .expand(6, 6);
            double[] places = {0, 0.2499, 0.25, 0.7499, 0.75, 0.9999999999999999};
            assertThat(Tensors.toLongs(NextToken.at(p, places))).containsExactly(1, 1, 3, 3, 4, 4);
        }
    }

    @Test
    void whatFollowsATextMayEndIt() {
        try (var scope = Scope.open()) {
            Model model = model(LLAMA);
            Params params = Params.of(model.initialize(new Seed(4).generator()));
            Generation settings = settings("{max_new_tokens: 20}");
            var told = new ArrayList<Long>();
            Continuations asked = Continuations.of(model, params, settings, Set.of())
                    .inBatches(1)
                    .followedBy((text, token) -> {
                        told.add(token);
                        return told.size() < 3;
                    });
            Continuations.Continued found = asked.after(List.of(PROMPT), 0).get(0);
            assertThat(found.ended()).isEqualTo(Continuations.Ended.FOLLOWER);
            assertThat(told).hasSize(3);
            assertThat(found.tokens())
                    .containsExactly(told.stream().mapToLong(Long::longValue).toArray());
            assertThat(Arrays.copyOf(settings.extend(model, params, PROMPT, Set.of(), 0), 3))
                    .isEqualTo(found.tokens());
        }
    }

    /** What is drawn for a text depends on its number alone: not on how many there are beside it, or which. */
    @Test
    void aTextsDrawsAreItsOwn() {
        try (var scope = Scope.open()) {
            Model model = model(GPT2);
            var weights = new LinkedHashMap<String, Tensor>();
            model.initialize(new Seed(4).generator())
                    .forEach((name, tensor) -> weights.put(name, tensor.to(ScalarType.Double)));
            Params params = Params.of(weights);
            Generation settings = settings("{temperature: 1.0, top_k: 12, top_p: 0.9, min_p: 0.02,"
                    + " repetition_penalty: 1.2, max_new_tokens: 9}");
            List<long[]> prompts = List.of(PROMPT, new long[] {1}, new long[] {9, 9, 2, 30, 5, 6}, PROMPT);
            List<Continuations.Continued> together =
                    Continuations.of(model, params, settings, Set.of(7L)).after(prompts, 5);
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together.get(i).tokens())
                        .isEqualTo(settings.extend(model, params, prompts.get(i), Set.of(7L), 5 + i));
            }
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> settings("{top_p: 0.0}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("top_p: 0.0 is not allowed; expected a number in (0, 1]");
        assertThatThrownBy(() -> settings("{temperature: -1.0}")).hasMessageContaining("temperature: -1.0");
        assertThatThrownBy(() -> settings("{min_p: 1.0}")).hasMessageContaining("min_p: 1.0");
        assertThatThrownBy(() -> settings("{repetition_penalty: 0.0}")).hasMessageContaining("repetition_penalty: 0.0");
        assertThatThrownBy(() -> settings("{max_new_tokens: 0}")).hasMessageContaining("max_new_tokens: 0");
    }
}
