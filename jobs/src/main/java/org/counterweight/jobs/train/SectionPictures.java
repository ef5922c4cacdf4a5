package org.counterweight.jobs.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.counterweight.report.Chart;
import org.counterweight.report.HeatMap;
import org.counterweight.report.LayerPlot;
import org.counterweight.report.Page;
import org.counterweight.train.part.Section;

/**
 * What the parts of a run tell, drawn without knowing the parts.
 *
 * @param charts figures over the steps
 * @param tables figures in rows and columns
 * @param layers figures of the parts of the model
 * @param maps figures of pairs
 * @param images sheets of them
 */
record SectionPictures(
        List<Chart> charts,
        List<Page.Sheet> tables,
        List<LayerPlot> layers,
        List<HeatMap> maps,
        List<Section.Pictures> images) {
    static SectionPictures of(List<Section> sections) {
        var charts = new ArrayList<Chart>();
        var tables = new ArrayList<Page.Sheet>();
        var layers = new ArrayList<LayerPlot>();
        var maps = new ArrayList<HeatMap>();
        var images = new ArrayList<Section.Pictures>();
        for (Section section : sections) {
            if (section instanceof Section.Curves curves) {
                charts.add(chart(curves));
            } else if (section instanceof Section.ByLayer byLayer) {
                layers.add(plot(byLayer));
            } else if (section instanceof Section.Matrix matrix) {
                maps.add(HeatMap.of(
                        matrix.title(),
                        matrix.text(),
                        new HeatMap.Names(matrix.across(), matrix.down(), matrix.names()),
                        matrix.values(),
                        matrix.middle()));
            } else if (section instanceof Section.Pictures pictures) {
                images.add(pictures);
            } else if (section instanceof Section.Table table) {
                tables.add(new Page.Sheet(table.title(), table.text(), table.columns(), table.rows(), table.marked()));
            }
        }
        return new SectionPictures(charts, tables, layers, maps, images);
    }

    private static Chart chart(Section.Curves section) {
        List<Chart.Series> series = section.curves().stream()
                .map(curve -> new Chart.Series(curve.name(), curve.steps(), curve.values()))
                .toList();
        return Chart.of(section.title(), section.text(), "steps", series, List.of());
    }

    private static LayerPlot plot(Section.ByLayer section) {
        var values = new LinkedHashMap<String, LayerPlot.Value>();
        section.values().forEach((name, value) -> values.put(name, new LayerPlot.Value(value.shown(), value.share())));
        return LayerPlot.of(section.title(), section.text(), values);
    }
}
