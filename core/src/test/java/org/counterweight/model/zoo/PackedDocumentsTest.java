package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.data.text.token.TokenMemory;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Recurrence;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.Gpt2;
import org.counterweight.train.objective.Objective.Losses;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents that share a row are to a decoder what each is alone. */
class PackedDocumentsTest {
    private static final int END = 10;
    private static final int[][] DOCUMENTS = {{3, 4, 5}, {6, 2}, {9}, {8, 7, 1, 4, 2}};

    static List<Named<Model>> decoders() {
        var all = new ArrayList<Named<Model>>();
        for (Named<Model> each : Zoo.all()) {
            Model model = each.getPayload();
            boolean speaks = model instanceof Gpt2 gpt2 && gpt2.head() == Head.LANGUAGE
                    || model instanceof Decoder decoder
                            && decoder.head().kind() == Head.LANGUAGE
                            && decoder.layer().attention().causal();
            if (speaks) {
                all.add(each);
            }
        }
        assertThat(all).hasSizeGreaterThan(15);
        return all;
    }

    /** What the tokens of a batch lose together. */
    private static double loss(Model model, Params params, Batch batch) {
        Losses losses = TokenCrossEntropy.CAUSAL.losses(model, params, batch, Pass.evaluation());
        return losses.perRow().mul(losses.units()).sum().item_double();
    }

    private static LanguageModelling packed(int block, boolean masked) {
        var tokens = new TokenMemory.Builder(END);
        Stream.of(DOCUMENTS).forEach(tokens::document);
        return LanguageModelling.of(tokens.build(), block, masked);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("decoders")
    void equalsEachDocumentAlone(Model model) {
        try (var scope = Scope.open()) {
            Params params = Zoo.params(model, ScalarType.Double);
            double alone = 0;
            for (int[] document : DOCUMENTS) {
                long[] ids = new long[document.length + 1];
                for (int i = 0; i < document.length; i++) {
                    ids[i] = document[i];
                }
                ids[document.length] = END;
                var text = Tensors.longs(ids, 1, ids.length);
                alone += loss(model, params, new Batch(Map.of(Batch.INPUT_IDS, text, Batch.LABELS, text)));
            }
            Batch rows = packed(9, true).batch(0); // 3, 2 and 1 tokens with their ends: a whole row
            int[] last = DOCUMENTS[3];
            long[] ids = {last[0], last[1], last[2], last[3], last[4], END};
            var text = Tensors.longs(ids, 1, ids.length);
            double rest = loss(model, params, new Batch(Map.of(Batch.INPUT_IDS, text, Batch.LABELS, text)));
            assertThat(loss(model, params, rows)).isCloseTo(alone - rest, within(1e-6));
            assertThat(loss(model, params, packed(9, false).batch(0)))
                    .isNotCloseTo(alone - rest, within(1e-3)); // and without masks they are not
        }
    }

    @Test
    void aRecurrentNetworkRefuses() {
        try (var scope = Scope.open()) {
            Model model = Zoo.recurrent(Recurrence.GRU, Head.LANGUAGE);
            Params params = Zoo.params(model, ScalarType.Float);
            assertThatThrownBy(() -> model.forward(params, packed(9, true).batch(0), Pass.evaluation()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("a recurrent network reads a row from its first token to its last");
            assertThat(model.keepsTextsApart()).isFalse();
        }
    }
}
