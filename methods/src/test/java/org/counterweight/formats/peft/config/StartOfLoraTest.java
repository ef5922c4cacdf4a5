package org.counterweight.formats.peft.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every start that PEFT 0.21 knows is read as what it did to the base's weights, or refused by name. */
class StartOfLoraTest {
    @ParameterizedTest
    @CsvSource({
        "true, LORA",
        "false, LORA",
        "null, LORA",
        "'\"gaussian\"', LORA",
        "'\"eva\"', LORA",
        "'\"orthogonal\"', LORA",
        "'\"mica\"', LORA",
        "'\"pissa\"', PISSA",
        "'\"olora\"', OLORA",
        "'\"OLoRA\"', OLORA"
    })
    void whatTheBaseIsKnownForIsRead(String value, LowRankStart start) {
        assertThat(StartOfLora.of(json(value))).isEqualTo(start);
    }

    @ParameterizedTest
    @ValueSource(strings = {"corda", "lora_ga", "loftq", "pissa_niter_4", "pissa_niter_16", "pissa2", "tomorrow"})
    void whatCannotBeComputedAgainIsRefusedByName(String name) {
        assertThatThrownBy(() -> StartOfLora.of(json('"' + name + '"')))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("init_lora_weights: \"" + name + "\"");
    }

    @Test
    void aStartOfTheStoredMatrixIsNoneOfATransposedLayer() {
        assertThatThrownBy(() -> StartOfLora.checkTransposed(json("\"olora\""), "h.0.attn.c_proj"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("h.0.attn.c_proj");
        StartOfLora.checkTransposed(json("\"pissa\""), "h.0.attn.c_proj"); // PEFT turns the weight for this one
    }

    private static JsonNode json(String value) {
        return Configs.JSON.readTree(value);
    }
}
