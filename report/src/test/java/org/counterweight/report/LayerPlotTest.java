package org.counterweight.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayerPlotTest {
    @Test
    void aRowIsAKindAndAColumnALayer() {
        Map<String, LayerPlot.Value> ranks = new LinkedHashMap<>();
        ranks.put("bert.encoder.layer.0.attention.self.query", new LayerPlot.Value("3", 0.25));
        ranks.put("bert.encoder.layer.0.output.dense", new LayerPlot.Value("0", 0));
        ranks.put("bert.encoder.layer.11.attention.self.query", new LayerPlot.Value("12", 1));
        ranks.put("bert.pooler.dense", new LayerPlot.Value("1", 1 / 12.0));
        LayerPlot plot = LayerPlot.of("Ranks", "16 triplets", ranks);
        assertThat(plot.kinds()).containsExactly("attention.self.query", "output.dense", "bert.pooler.dense");
        assertThat(plot.layers()).containsExactly("1", "12", "–");
        assertThat(plot.note()).isEqualTo("16 triplets");
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
