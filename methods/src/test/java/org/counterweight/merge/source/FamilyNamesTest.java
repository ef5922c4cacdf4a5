package org.counterweight.merge.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One architecture under two names is one. */
class FamilyNamesTest {
    private static final List<String> ENCODER = List.of(
            "embeddings.word_embeddings.weight",
            "encoder.layer.0.output.dense.weight",
            "encoder.layer.1.output.dense.weight",
            "pooler.dense.bias");

    private static List<String> behind(String prefix) {
        return ENCODER.stream().map(name -> prefix + name).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "'', bert.",
        "bert., ''",
        "roberta., bert.",
        "model., transformer.",
        "language_model.model., model.language_model."
    })
    void beginningsAreExchanged(String own, String other) {
        FamilyNames names = FamilyNames.between(behind(own), behind(other));
        assertThat(behind(own).stream().map(names::of)).containsExactlyElementsOf(behind(other));
        assertThat(names.changes()).hasSize(1);
    }

    @Test
    void whatOnlyOneHasStays() {
        List<String> own = Stream.concat(
                        behind("bert.").stream(), Stream.of("cls.predictions.bias", "classifier.weight"))
                .toList();
        FamilyNames names = FamilyNames.between(own, ENCODER);
        assertThat(names.of("cls.predictions.bias")).isEqualTo("cls.predictions.bias");
        assertThat(names.of("classifier.weight")).isEqualTo("classifier.weight");
        assertThat(names.of("bert.pooler.dense.bias")).isEqualTo("pooler.dense.bias");
    }

    @Test
    void layersThatTheOtherLacksAreRenamedToo() {
        FamilyNames names = FamilyNames.between(List.of("bert.encoder.layer.7.output.dense.weight"), ENCODER);
        assertThat(names.of("bert.encoder.layer.7.output.dense.weight"))
                .isEqualTo("encoder.layer.7.output.dense.weight");
    }

    @Test
    void equalNamesAreLeftAlone() {
        assertThat(FamilyNames.between(ENCODER, ENCODER).renamed()).isEmpty();
    }

    /** Pictures and words changed places in different ways. */
    @Test
    void eachPartHasItsOwnChange() {
        FamilyNames names = FamilyNames.between(
                List.of(
                        "language_model.model.norm.weight",
                        "vision_tower.blocks.0.norm.weight",
                        "language_model.lm_head.weight"),
                List.of(
                        "model.language_model.norm.weight",
                        "model.vision_tower.blocks.0.norm.weight",
                        "lm_head.weight"));
        assertThat(names.of("vision_tower.blocks.0.norm.weight")).isEqualTo("model.vision_tower.blocks.0.norm.weight");
        assertThat(names.of("language_model.lm_head.weight")).isEqualTo("lm_head.weight");
    }

    /** BERT's first files call the parts of a layer norm as TensorFlow does. */
    @ParameterizedTest
    @CsvSource({
        "embeddings.LayerNorm.gamma, bert.embeddings.LayerNorm.weight",
        "bert.embeddings.LayerNorm.bias, embeddings.LayerNorm.beta",
        "conv.weight_g, conv.parametrizations.weight.original0",
        "encoder.conv.parametrizations.weight.original1, conv.weight_v"
    })
    void formerSpellingsAreKnown(String own, String other) {
        FamilyNames names = FamilyNames.between(List.of(own, "a.dense.weight"), List.of(other, "a.dense.weight"));
        assertThat(names.of(own)).isEqualTo(other);
        assertThat(names.of("a.dense.weight")).isEqualTo("a.dense.weight");
    }

    @Test
    void masksAreBuffersAndBiasesAreNot() {
        assertThat(TensorNames.isBuffer("h.0.attn.bias", 1, 1, 32, 32)).isTrue();
        assertThat(TensorNames.isBuffer("layers.0.attention.bias", 32)).isFalse();
        assertThat(TensorNames.isBuffer("h.0.attn.c_attn.bias", 96)).isFalse();
        assertThat(TensorNames.isBuffer("embeddings.position_ids", 1, 32)).isTrue();
        assertThat(TensorNames.isBuffer("model.rotary_emb.inv_freq", 4)).isTrue();
    }
}
