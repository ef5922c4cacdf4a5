package org.counterweight.reweigh.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class OfficialSettingsTest {
    private static ObjectNode json(String text) {
        return Configs.json(text, "settings");
    }

    @Test
    void oneWordMeansDifferentThingsInDifferentSources() {
        var small = OfficialSettings.smallScale(json(
                "{\"reweight_samples\": true, \"kl_reg\": 0.4, \"reweight_strategy\": \"upper\", \"burnout_steps\": 1000,"
                        + " \"lr_end\": 1e-4}"));
        assertThat(small.strategy()).isEqualTo(Strategy.UPPER);
        assertThat(small.burnInSteps()).isEqualTo(1000);
        var large = OfficialSettings.largeScale(
                json(
                        "{\"reweighting_strategy\": \"upper\", \"kl_regularizer\": 0.4, \"kl_regularizer_warmup_steps\": 2000}"));
        assertThat(large.strategy()).isEqualTo(Strategy.LINUPPER);
        LossReweighting weigher = (LossReweighting) large.create();
        assertThat(weigher.temperature().at(1999)).isEqualTo(100);
        assertThat(weigher.temperature().at(2000)).isEqualTo(0.4);
        assertThat(OfficialSettings.dataFlex(json("{\"strategy\": \"uniform\", \"delta\": 2.0}"), 10)
                        .strategy())
                .isEqualTo(Strategy.NORMALIZED_DRO);
        assertThat(OfficialSettings.smallScale(json("{}")).strategy()).isEqualTo(Strategy.UNIFORM);
    }

    @Test
    void whatIsUnknownOrMissingIsNamed() {
        assertThatThrownBy(() -> OfficialSettings.largeScale(
                        json("{\"reweighting_strategy\": \"linupper\", \"kl_regularizer\": 1}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("linupper")
                .hasMessageContaining("upper");
        assertThatThrownBy(() -> OfficialSettings.largeScale(json("{\"reweighting_strategy\": \"mid\"}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("kl_regularizer");
    }
}
