package org.counterweight.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.counterweight.report.Chart;
import org.counterweight.report.LayerPlot;
import org.counterweight.report.Page;
import org.counterweight.train.part.Section;
import org.junit.jupiter.api.Test;

class SectionPicturesTest {
    @Test
    void eachKindOfSectionIsDrawnInTheOrderOfTheParts() {
        List<List<String>> rows = List.of(List.of("plant", "31 %", "52 %"), List.of("person", "74 %", "71 %"));
        SectionPictures drawn = SectionPictures.of(List.of(
                new Section.Table("Classes", "Before and after.", List.of("class", "before", "after"), rows, 1),
                new Section.ByLayer("Norms", "Of each layer.", Map.of("layer.0.query", new Section.Value("2.1", 0.5))),
                new Section.Curves(
                        "Norm",
                        "Over the run.",
                        List.of(new Section.Curve("mean", new double[] {1, 2}, new double[] {3, 4}, true))),
                new Section.Table("Layers", "Again.", List.of("layer"), List.of(List.of("0")))));
        assertThat(drawn.tables())
                .containsExactly(
                        new Page.Sheet("Classes", "Before and after.", List.of("class", "before", "after"), rows, 1),
                        new Page.Sheet("Layers", "Again.", List.of("layer"), List.of(List.of("0")), -1));
        assertThat(drawn.layers()).extracting(LayerPlot::title).containsExactly("Norms");
        assertThat(drawn.charts()).extracting(Chart::title).containsExactly("Norm");
    }
}
