package org.counterweight.studies.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Pick;
import org.junit.jupiter.api.Test;

class KnobTest {
    @Test
    void anArmSaysItsNumber() {
        Pick pick = Knob.RATE.at("LoRA r4", 3e-4);
        assertThat(pick.toString()).isEqualTo("LoRA r4, lr 3.0E-4");
        assertThat(Knob.RATE.of(pick.arm())).isEqualTo(3e-4);
        assertThat(Knob.SHARE.at(0.5)).isEqualTo("α 0.5");
    }

    @Test
    void aSettingOfAnotherKnobIsRefused() {
        assertThatThrownBy(() -> Knob.RATE.of(new Arm("BCWI", "α 0.5")))
                .hasMessage("the setting of \"BCWI, α 0.5\" says no lr");
    }

    @Test
    void aTunedPickHasNoArmBeforeTheRun() {
        assertThatThrownBy(() -> Pick.tuned("LoRA r4").arm())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LoRA r4 (tuned)");
    }
}
