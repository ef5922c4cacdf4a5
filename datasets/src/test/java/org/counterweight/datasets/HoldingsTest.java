package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.counterweight.data.DataException;
import org.counterweight.model.zoo.Architectures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is known of the catalogue before anything is fetched. */
class HoldingsTest {
    static List<String> models() {
        return Holdings.all().stream()
                .filter(holding -> holding.kind() == Holding.Kind.MODEL)
                .map(Holding::name)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("models")
    void theModulesOfEveryModelAreKnown(String name) {
        assertThat(Architectures.of(Holdings.config(name)).modules().linears())
                .contains("encoder.layer.5.attention.self.query", "encoder.layer.0.output.dense");
    }

    @Test
    void ofWhatIsNoModelNothingIsKnown() {
        assertThatThrownBy(() -> Holdings.config("wordnet-nouns")).isInstanceOf(DataException.class);
    }
}
