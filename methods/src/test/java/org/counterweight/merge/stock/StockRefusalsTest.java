package org.counterweight.merge.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.merge.stock.SmallStock.config;
import static org.counterweight.merge.stock.SmallStock.draw;
import static org.counterweight.merge.stock.SmallStock.models;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.stock.ModelStockConfig.Average;
import org.counterweight.merge.stock.ModelStockConfig.Eps;
import org.counterweight.merge.stock.ModelStockConfig.Granularity;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Models that cannot be merged, or had better not be: what is said of them. */
class StockRefusalsTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void whatIsWrongIsNamed() {
        List<Tensor> tensors = models(10, 2, 4);
        var stock = new ModelStock(config());
        assertThatThrownBy(() -> stock.combine("w", tensors.subList(0, 2)))
                .isInstanceOf(WeightsException.class)
                .hasMessage("model_stock needs at least 2 models beside the anchor, found 1");
        assertThatThrownBy(
                        () -> stock.combine("a.weight", List.of(tensors.get(0), tensors.get(1), draw(1, "other", 5))))
                .hasMessageContaining("a.weight: [4] in model 0, [5] in model 2");
        Tensor broken = tensors.get(2).clone();
        broken.select(0, 1).fill_(Tensors.scalar(Double.NaN));
        assertThatThrownBy(() -> stock.combine("a.weight", List.of(tensors.get(0), tensors.get(1), broken)))
                .hasMessage("a.weight: has NaN or infinite elements in model 2");
        assertThatThrownBy(() -> StockRatios.fit(
                        config(),
                        Map.of("a", tensors.get(0)),
                        List.of(Map.of("a", tensors.get(1)), Map.of("b", tensors.get(2)))))
                .hasMessageContaining("model 2 has no a besides b");
        assertThatThrownBy(() -> new ModelStock(config(Granularity.LAYER, Average.COS, Eps.EXACT, List.of(0.0, 1.0))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("granularity");
        assertThatThrownBy(() -> config(Granularity.TENSOR, Average.COS, Eps.EXACT, List.of(1.0, 0.0)))
                .hasMessageContaining("model_stock.clamp_t");
    }

    @Test
    void aModelThatIsTheAnchorAndModelsOfAnotherOriginAreToldOf() {
        Tensor w0 = draw(11, "anchor", 40, 40);
        Map<String, Tensor> anchor = Map.of("w", w0);
        StockRatios still = StockRatios.fit(config(), anchor, List.of(anchor, Map.of("w", draw(11, "model", 40, 40))));
        assertThat(still.warnings()).anyMatch(w -> w.startsWith("model 1 equals the anchor"));
        StockRatios strange = StockRatios.fit(
                config(),
                anchor,
                List.of(Map.of("w", w0.add(draw(11, "a", 40, 40))), Map.of("w", w0.add(draw(11, "b", 40, 40)))));
        assertThat(strange.warnings()).anyMatch(w -> w.contains("were these models fine-tuned from this anchor?"));
    }
}
