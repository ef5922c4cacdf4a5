package org.counterweight.report;

import java.util.List;
import org.counterweight.report.Page.Adapted;
import org.counterweight.report.Page.ClassRow;
import org.counterweight.report.Page.Fact;
import org.counterweight.report.Page.Figure;
import org.counterweight.report.Page.Next;
import org.counterweight.report.Page.Sheet;
import org.jspecify.annotations.Nullable;

/** A {@link Page} part by part, each named; what is left out does not appear. Not thread-safe. */
public final class PageBuilder {
    private final String title;
    private final String lead;
    private List<Figure> figures = List.of();
    private String chartsTitle = "";
    private List<Chart> charts = List.of();
    private List<Sheet> sheets = List.of();
    private @Nullable ConfusionPlot confusion;
    private List<ClassRow> classes = List.of();
    private String adaptedSummary = "";
    private List<Adapted> adapted = List.of();
    private List<LayerPlot> layers = List.of();
    private String recipe = "";
    private List<Fact> inputs = List.of();
    private List<Fact> facts = List.of();
    private List<Next> next = List.of();
    private List<HeatMap> maps = List.of();

    PageBuilder(String title, String lead) {
        this.title = title;
        this.lead = lead;
    }

    /** The few numbers that one looks for first. */
    public PageBuilder figures(List<Figure> shown) {
        figures = shown;
        return this;
    }

    /** @param common what the charts have in common: their heading */
    public PageBuilder charts(String common, List<Chart> shown) {
        chartsTitle = common;
        charts = shown;
        return this;
    }

    /** Tables of figures. */
    public PageBuilder sheets(List<Sheet> shown) {
        sheets = shown;
        return this;
    }

    /** How a classifier fared, class by class. */
    public PageBuilder classes(@Nullable ConfusionPlot plot, List<ClassRow> rows) {
        confusion = plot;
        classes = rows;
        return this;
    }

    /** What training moved, in one sentence and by kind of module. */
    public PageBuilder adapted(String summary, List<Adapted> modules) {
        adaptedSummary = summary;
        adapted = modules;
        return this;
    }

    /** What differs from layer to layer. */
    public PageBuilder layers(List<LayerPlot> shown) {
        layers = shown;
        return this;
    }

    /** Figures of pairs. */
    public PageBuilder maps(List<HeatMap> shown) {
        maps = shown;
        return this;
    }

    /** The recipe as it was run, in YAML. */
    public PageBuilder recipe(String yaml) {
        recipe = yaml;
        return this;
    }

    /** What went in, each with its SHA-256. */
    public PageBuilder inputs(List<Fact> files) {
        inputs = files;
        return this;
    }

    /** Seed, threads, versions, times. */
    public PageBuilder facts(List<Fact> shown) {
        facts = shown;
        return this;
    }

    /** What to try now. */
    public PageBuilder next(List<Next> shown) {
        next = shown;
        return this;
    }

    public Page build() {
        return new Page(
                title,
                lead,
                figures,
                chartsTitle,
                charts,
                sheets,
                confusion,
                classes,
                adaptedSummary,
                adapted,
                layers,
                recipe,
                inputs,
                facts,
                next,
                maps);
    }
}
