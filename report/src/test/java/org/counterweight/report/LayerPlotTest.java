package org.counterweight.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayerPlotTest {
    @Test
    void aRowIsAKindAndAColumnALayer() {
        Map<String, Long> ranks = new LinkedHashMap<>();
        ranks.put("bert.encoder.layer.0.attention.self.query", 3L);
        ranks.put("bert.encoder.layer.0.output.dense", 0L);
        ranks.put("bert.encoder.layer.11.attention.self.query", 12L);
        ranks.put("bert.pooler.dense", 1L);
        LayerPlot plot = LayerPlot.ofRanks(ranks);
        assertThat(plot.kinds()).containsExactly("attention.self.query", "output.dense", "bert.pooler.dense");
        assertThat(plot.layers()).containsExactly("1", "12", "–");
        assertThat(plot.note()).contains("16 singular triplets in all, 4.0 a module");
        assertThat(plot.cells()).extracting(LayerPlot.Cell::text).containsExactly("3", "0", "12", "1");
        LayerPlot.Cell far = plot.cells().get(2);
        assertThat(far.x()).isEqualTo(plot.left() + LayerPlot.CELL);
        assertThat(far.y()).isEqualTo(LayerPlot.TOP);
        assertThat(far.dark()).isTrue();
    }

    @Test
    void longNamesHaveRoom() {
        var values = Map.of("a.0." + "x".repeat(60), new LayerPlot.Value(".50", 0.5));
        assertThat(LayerPlot.of("title", "note", values).left()).isGreaterThan(60 * 6);
    }
}
