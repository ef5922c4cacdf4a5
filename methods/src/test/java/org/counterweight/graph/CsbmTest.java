package org.counterweight.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.GraphFacts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.structure.LabelledGraph;
import org.junit.jupiter.api.Test;

class CsbmTest {
    @Test
    void linksAndFeaturesAreAsTheyAreSaidToBe() {
        try (var scope = Scope.open()) {
            Graph graph = Csbm.ofThree(300, 0.05, 0.01).draw(new Seed(1));
            GraphFacts facts = GraphFacts.of(graph);
            assertThat(facts.isSymmetric()).isTrue();
            assertThat(facts.loops()).isZero();
            assertThat(facts.repeated()).isZero();
            double[] b = Tensors.toDoubles(
                    new LabelledGraph(graph.edges(), graph.nodes().labels(), 3)
                            .counts()
                            .probabilities());
            for (int i = 0; i < 9; i++) {
                boolean own = i % 4 == 0;
                assertThat(b[i]).isEqualTo(own ? 0.05 : 0.01, within(own ? 0.004 : 0.0015));
            }
            float[] means =
                    Tensors.toFloats(Tensors.mean(Tensors.slice(graph.nodes().features(), 0, 600, 900), false, 0));
            assertThat(means[0]).isEqualTo(3f, within(0.2f));
            assertThat(means[1]).isEqualTo(2f, within(0.2f));
            Graph again = Csbm.ofThree(300, 0.05, 0.01).draw(new Seed(1));
            assertThat(again.edges().equal(graph.edges())).isTrue();
        }
    }

    @Test
    void allLinksAndNone() {
        try (var scope = Scope.open()) {
            var full = new Csbm(List.of(4, 3), 1, 0, List.of(List.of(0.0), List.of(1.0)), 0);
            assertThat(full.draw(new Seed(1)).edges().size(1)).isEqualTo(2 * (6 + 3));
            assertThat(Tensors.toFloats(full.draw(new Seed(1)).nodes().features()))
                    .containsExactly(0, 0, 0, 0, 1, 1, 1);
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> Csbm.ofThree(1, 0.1, 0.1)).hasMessageContaining("at least 2 nodes");
        assertThatThrownBy(() -> Csbm.ofThree(9, 1.1, 0.1)).hasMessageContaining("in [0, 1]");
    }
}
