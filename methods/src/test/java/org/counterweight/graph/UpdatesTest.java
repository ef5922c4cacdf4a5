package org.counterweight.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UpdatesTest {
    @Test
    void eachRuleReadsStartAndFrequencyInItsWay() {
        assertThat(new Updates(Updates.Rule.OFFICIAL, 5, 4).within(16)).containsExactly(6, 10, 14);
        assertThat(new Updates(Updates.Rule.OFFICIAL, 5, 2).within(9)).containsExactly(4, 6, 8); // start - 1 counts
        assertThat(new Updates(Updates.Rule.ALIGNED, 5, 4).within(16)).containsExactly(5, 9, 13);
        assertThat(new Updates(Updates.Rule.PYGDA, 5, 4).within(16)).containsExactly(7, 11, 15);
        assertThat(new Updates(Updates.Rule.OFFICIAL, 0, 1).within(3)).containsExactly(0, 1, 2);
    }

    @Test
    void theReversalRisesToItsCap() {
        var reversal = new Reversal(1.5, 1);
        assertThat(reversal.at(0, 300)).isEqualTo(1.5 / 300);
        assertThat(reversal.at(199, 300)).isEqualTo(1);
        assertThat(reversal.at(299, 300)).isEqualTo(1);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Updates(Updates.Rule.ALIGNED, 5, 0)).hasMessageContaining("rw_freq: 0");
        assertThatThrownBy(() -> new Updates(Updates.Rule.ALIGNED, -1, 1)).hasMessageContaining("start_epoch: -1");
        assertThatThrownBy(() -> new Updates(Updates.Rule.ALIGNED, 9, 1).within(9))
                .hasMessageContaining("start_epoch: 9");
        assertThatThrownBy(() -> new Reversal(Double.NaN, 1)).hasMessageContaining("alphatimes: NaN");
    }
}
