package org.counterweight.formats.peft.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules that are called otherwise in memory than in a model's files. */
class PeftNamesTest {
    @ParameterizedTest
    @CsvSource({
        "gpt_neox, embed_out.lora_A.weight, lm_head.lora_A.weight",
        "gpt_neox, gpt_neox.layers.0.attention.dense, gpt_neox.layers.0.attention.dense",
        "vit, vit.encoder.layer.3.output.dense, vit.layers.3.mlp.fc2",
        "llama, lm_head, lm_head"
    })
    void thereAndBack(String type, String file, String memory) {
        PeftNames names = PeftNames.of(type);
        assertThat(names.inMemory(file)).isEqualTo(memory);
        assertThat(names.inFiles(memory)).isEqualTo(file);
        assertThat(names.inFiles(file)).isEqualTo(file);
    }
}
