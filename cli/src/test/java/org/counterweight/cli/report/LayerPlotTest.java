package org.counterweight.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankPlotTest {
    @Test
    void aRowIsAKindAndAColumnALayer() {
        Map<String, Long> ranks = new LinkedHashMap<>();
        ranks.put("bert.encoder.layer.0.attention.self.query", 3L);
        ranks.put("bert.encoder.layer.0.output.dense", 0L);
        ranks.put("bert.encoder.layer.11.attention.self.query", 12L);
        ranks.put("bert.pooler.dense", 1L);
        RankPlot plot = RankPlot.of(ranks);
        assertThat(plot.kinds()).containsExactly("attention.self.query", "output.dense", "bert.pooler.dense");
        assertThat(plot.layers()).containsExactly("1", "12", "–");
        assertThat(plot.total()).isEqualTo(16);
        assertThat(plot.most()).isEqualTo(12);
        assertThat(plot.cells()).extracting(RankPlot.Cell::rank).containsExactly(3L, 0L, 12L, 1L);
        RankPlot.Cell far = plot.cells().get(2);
        assertThat(far.x()).isEqualTo(RankPlot.LEFT + RankPlot.CELL);
        assertThat(far.y()).isEqualTo(RankPlot.TOP);
        assertThat(far.dark()).isTrue();
    }
}
