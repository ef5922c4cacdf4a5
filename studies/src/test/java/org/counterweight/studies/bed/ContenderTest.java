package org.counterweight.studies.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.counterweight.adapt.bone.BoneConfig;
import org.counterweight.config.ConfigException;
import org.junit.jupiter.api.Test;

class ContenderTest {
    @Test
    void itsSettingsAreThoseOfARecipe() {
        Contender bat = Contender.of("Bat r8", "bone", "{r: 8, variant: bat}");
        assertThat(bat.name()).isEqualTo("Bat r8");
        assertThat(bat.adapter())
                .isInstanceOfSatisfying(
                        BoneConfig.class, config -> assertThat(config.variant()).isEqualTo(BoneConfig.Variant.BAT));
    }

    @Test
    void whatAdaptsNoModelIsRefused() {
        assertThatThrownBy(() -> Contender.of("focal", "focal", "{}")).hasMessage("focal: focal adapts no model");
        assertThatThrownBy(() -> Contender.of("Bone", "bone", "{rank: 8}")).isInstanceOf(ConfigException.class);
    }
}
