package org.counterweight.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void largeNumbersAreReadWithoutExponents() {
        assertThat(Text.figure(27_370.4)).isEqualTo("27,370");
        assertThat(Text.figure(-1_234_567.8)).isEqualTo("-1,234,568");
        assertThat(Text.figure(9_999.7)).isEqualTo("10,000");
        assertThat(Text.figure(0.051284)).isEqualTo("0.05128");
        assertThat(Text.figure(1.0124e-7)).isEqualTo("1.012e-07");
    }
}
