package org.counterweight.formats.easyedit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.Replacement;
import org.counterweight.edit.ValueStart;
import org.counterweight.edit.codebook.Expansion;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Files of GRACE's settings of every age. */
class EasyEditSettingsTest {
    private static EasyEditSettings read(String yaml) {
        ObjectNode file = Configs.yaml(yaml, "GRACE.yaml");
        assertThat(EasyEditSettings.isOne(file)).isTrue();
        return EasyEditSettings.of(file, "GRACE.yaml");
    }

    private static GraceConfig bound(EasyEditSettings read) {
        return Configs.bind(read.settings(), GraceConfig.class, "grace");
    }

    @Test
    void easyEditsAreTheOfficialCodes() {
        var read = read("""
            alg_name: "Grace"
            model_name: "./hugging_cache/gpt2-xl"
            device: 0
            inner_params:
            - transformer.h[35].mlp.c_fc.weight
            edit_lr: 1.0
            n_iter: 50
            eps: 2
            dist_fn: euc # euc, mmd, cos
            val_init: cold
            val_train: sgd
            val_reg: None
            reg: early_stop
            replacement: replace_prompt
            eps_expand: coverage # , moving_avg, decay
            num_pert: 8
            dropout: 0.0
            """);
        GraceConfig config = bound(read);
        assertThat(config.layer()).isEqualTo("transformer.h[35].mlp.c_fc.weight");
        assertThat(config.eps()).isEqualTo(2);
        assertThat(config.nIter()).isEqualTo(50);
        assertThat(config.splitNeverGrows()).isFalse();
        assertThat(config.anchors()).isFalse();
        assertThat(read.warnings()).hasSize(5).allMatch(warning -> warning.contains("has no effect there"));
    }

    @Test
    void thoseOfChatModelsSayWhatHasNoEffect() {
        var read = read("""
            alg_name: "GRACE"
            model_name: "./hugging_cache/a-chat-model"
            device: 0
            inner_params:
            - model.layers[39].mlp.down_proj.weight
            n_iter: 30
            eps: 5.0
            val_init: warm
            replacement: replace_last
            eps_expand: moving_avg
            model_parallel: false
            use_chat_template: true
            """);
        GraceConfig config = bound(read);
        assertThat(config.valInit()).isEqualTo(ValueStart.WARM);
        assertThat(config.replacement()).isEqualTo(Replacement.REPLACE_LAST);
        assertThat(config.epsExpand()).isEqualTo(Expansion.MOVING_AVERAGE);
        assertThat(read.warnings())
                .containsExactly("GRACE.yaml: use_chat_template is no setting of GRACE's; it has no effect");
    }

    /** The official code has editors and models in files of their own, and writes both down of a run. */
    @Test
    void theOfficialCodesAreReadAloneAndComposed() {
        String editor =
                "{_name: grace, edit_lr: 1.0, n_iter: 100, eps: 3.0, val_init: cold, replacement: replace_prompt}";
        EasyEditSettings alone = read(editor);
        assertThat(alone.settings().has("layer")).isFalse();
        alone.settings().put("layer", "encoder.block.4.layer.1.DenseReluDense.wo");
        EasyEditSettings composed =
                read("{editor: " + editor + ", experiment: {task: qa}, model: {name: google/t5-small-ssm-nq,"
                        + " inner_params: ['encoder.block[4].layer[1].DenseReluDense.wo.weight']}, max_n_edits: 5000}");
        assertThat(bound(composed).layer()).isEqualTo("encoder.block[4].layer[1].DenseReluDense.wo.weight");
        assertThat(bound(composed).eps()).isEqualTo(bound(alone).eps()).isEqualTo(3);
        assertThat(composed.warnings()).isEmpty();
    }

    @Test
    void othersAreRefused() {
        assertThatThrownBy(() -> read("{alg_name: ROME}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("GRACE.yaml: alg_name: \"ROME\" is not allowed; expected GRACE");
        assertThatThrownBy(() -> read("{_name: ft_ewc, edit_lr: 1e-2}"))
                .hasMessageContaining("GRACE.yaml: _name: \"ft_ewc\" is not allowed; expected GRACE");
        assertThatThrownBy(() -> read("{alg_name: GRACE, inner_params: [a.weight, b.weight]}"))
                .hasMessageContaining("expected a list of one layer's weight");
        assertThatThrownBy(() -> bound(read("{alg_name: GRACE, inner_params: [a.weight], dist_fn: mmd}")))
                .hasMessageContaining("dist_fn")
                .hasMessageContaining("euc");
        assertThat(EasyEditSettings.isOne(Configs.yaml("{layer: a, eps: 1}", "ours")))
                .isFalse();
    }
}
