package org.counterweight.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.junit.jupiter.api.Test;

class TargetRulesTest {
    private static final String Q0 = "model.layers.0.self_attn.q_proj";
    private static final String Q1 = "model.layers.1.self_attn.q_proj";

    private static TargetRules rules(ModuleNames targets, List<Integer> layers, List<String> pattern) {
        return new TargetRules(targets, null, List.of(), layers, pattern);
    }

    @Test
    void anEntryMatchesAWholeNameOrAnEndingAtADot() {
        TargetRules rules = TargetRules.of(List.of("v_proj", "output.dense"));
        assertThat(rules.adapts("layers.0.v_proj")).isTrue();
        assertThat(rules.adapts("v_proj")).isTrue();
        assertThat(rules.adapts("layers.0.kv_proj")).isFalse();
        assertThat(rules.adapts("layer.0.attention.output.dense")).isTrue();
    }

    @Test
    void anExpressionMustMatchTheWholeName() {
        TargetRules rules = rules(ModuleNames.regex(".*q_proj", "target_modules"), List.of(), List.of());
        assertThat(rules.adapts(Q0)).isTrue();
        assertThat(rules.adapts(Q0 + ".inner")).isFalse();
    }

    @Test
    void layersConfineEndingsButNotFullNames() {
        TargetRules rules = rules(ModuleNames.list(List.of("q_proj", Q0)), List.of(1), List.of());
        assertThat(rules.adapts(Q1)).isTrue();
        assertThat(rules.adapts(Q0)).isTrue(); // listed in full
        assertThat(rules.adapts("model.layers.2.self_attn.q_proj")).isFalse();
        assertThat(rules.adapts("head.q_proj")).isFalse(); // no layer to be found
    }

    @Test
    void aLayersPatternSaysWhichNumberCounts() {
        TargetRules rules = rules(ModuleNames.list(List.of("q_proj")), List.of(3), List.of("blocks"));
        assertThat(rules.adapts("stage.0.blocks.3.q_proj")).isTrue();
        assertThat(rules.adapts("stage.3.blocks.0.q_proj")).isFalse();
    }

    @Test
    void exclusionAndSavedModulesComeFirst() {
        var rules = new TargetRules(
                ModuleNames.list(List.of("dense")),
                ModuleNames.list(List.of("layer.1.dense")),
                List.of("classifier"),
                List.of(),
                List.of());
        assertThat(rules.adapts("layer.0.dense")).isTrue();
        assertThat(rules.adapts("layer.1.dense")).isFalse();
        assertThat(rules.adapts("classifier.dense")).isFalse();
    }

    @Test
    void contradictionsAreRefused() {
        assertThatThrownBy(() -> rules(ModuleNames.regex("q", "target_modules"), List.of(1), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("layers_to_transform");
        assertThatThrownBy(() -> rules(ModuleNames.list(List.of("q")), List.of(), List.of("layers")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("layers_pattern");
        assertThatThrownBy(() -> ModuleNames.regex("(", "target_modules"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("target_modules");
    }
}
