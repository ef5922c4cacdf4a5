package org.counterweight.adapt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Names of modules as PEFT's files give them. */
class ModuleNamesTest {
    /** Python names its groups otherwise than Java. */
    @Test
    void expressionsArePythons() {
        ModuleNames names =
                ModuleNames.regex("^(?!.*vision)(?P<layer>.*)\\.(?P<part>q_proj|v_proj)$", "target_modules");
        assertThat(names.matches("model.layers.0.self_attn.q_proj")).isTrue();
        assertThat(names.matches("vision.layers.0.self_attn.q_proj")).isFalse();
        assertThat(names.matches("model.layers.0.self_attn.k_proj")).isFalse();
    }
}
