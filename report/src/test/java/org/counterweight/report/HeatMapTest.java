package org.counterweight.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeatMapTest {
    private static final HeatMap.Names NAMES = new HeatMap.Names("sender", "receiver", List.of("a", "b"));

    @Test
    void factorsUpAndDownAreAsStrong() {
        double[][] values = {{1, 4}, {0.25, Double.NaN}};
        HeatMap map = HeatMap.of("t", "n", NAMES, values, 1);
        assertThat(map.cells()).hasSize(3);
        assertThat(map.cells()).extracting(HeatMap.Cell::text).containsExactly("1.0", "4.0", "0.3");
        assertThat(map.cells().get(0).strength()).isZero();
        assertThat(map.cells().get(1).strength()).isEqualTo(map.cells().get(2).strength());
        assertThat(map.cells().get(1).above()).isTrue();
        assertThat(map.cells().get(2).above()).isFalse();
        assertThat(map.cells().get(2).y()).isEqualTo(HeatMap.MARGIN + HeatMap.CELL);
    }

    @Test
    void shortNamesLeaveNoEmptyMargin() {
        HeatMap map = HeatMap.of("t", "n", NAMES, new double[][] {{1, 2}, {3, 4}}, 1);
        assertThat(map.edge()).isGreaterThan(HeatMap.MARGIN - 30);
        assertThat(map.edge() + map.side()).isEqualTo(HeatMap.MARGIN + 2 * HeatMap.CELL + 2);
    }

    @Test
    void whatIsTakenAwayIsStrongest() {
        HeatMap map = HeatMap.of("t", "n", NAMES, new double[][] {{0, 1e6}, {12.3, 0.04}}, 1);
        assertThat(map.cells()).extracting(HeatMap.Cell::text).containsExactly("0", "1e+06", "12", "0.04");
        assertThat(map.cells().get(0).strength()).isEqualTo(1);
        assertThat(map.cells().get(0).dark()).isTrue();
    }
}
