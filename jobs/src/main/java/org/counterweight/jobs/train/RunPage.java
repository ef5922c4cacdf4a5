package org.counterweight.jobs.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Device;
import org.counterweight.config.Configs;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.evaluate.JudgedPictures;
import org.counterweight.jobs.findings.FigureFormat;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.model.Model;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.report.PicturePage;
import org.counterweight.report.Text;
import org.counterweight.train.measure.uncertainty.Interval;
import org.counterweight.train.optimize.OptimizerConfig;
import org.counterweight.train.optimize.SlotSpec;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Section;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * The page that shows a run, whatever its task.
 *
 * @param remarks what was told while its rows were read
 * @param told what the model tells of the rows to judge by; null where that is nothing
 * @param intervals of the figures there
 * @param samples what a language model writes
 */
record RunPage(
        Recipe recipe,
        Model model,
        Adaptation adaptation,
        List<PartReport> parts,
        Ledger ledger,
        List<String> remarks,
        @Nullable Predictions told,
        Map<String, Interval> intervals,
        List<Page.Sheet> samples) {
    private static final int MOST_CLASSES = 40;
    private static final int ENLARGED = 900; // pixels across a sheet of images

    /** The page with the sheets of images that parts of the run made. */
    PicturePage pictured(Outcome outcome, Findings findings, RunHistory course, Prepared rows) {
        List<Section.Pictures> images = drawn().images();
        var strips = new ArrayList<PicturePage.Strip>();
        for (Section.Pictures section : images) {
            for (Section.Picture picture : section.pictures()) {
                int zoom = Math.max(1, Math.min(4, ENLARGED / picture.width()));
                strips.add(new PicturePage.Strip(picture.caption(), picture.png(), picture.width(), zoom));
            }
        }
        return new PicturePage(
                page(outcome, findings, course, rows),
                images.isEmpty() ? "" : images.get(0).title(),
                images.isEmpty() ? "" : images.get(0).text(),
                strips);
    }

    private SectionPictures drawn() {
        return SectionPictures.of(
                parts.stream().flatMap(part -> part.sections().stream()).toList());
    }

    private Page page(Outcome outcome, Findings findings, RunHistory course, Prepared rows) {
        List<Page.Figure> figures = figures(findings);
        figures.add(new Page.Figure(
                "Trained", adaptation.share(), String.format(Locale.ROOT, "%,d parameters", adaptation.trained())));
        figures.add(new Page.Figure(
                "Time",
                Text.duration(outcome.seconds()),
                String.format(Locale.ROOT, "training at %,.0f rows a second", course.rowsPerSecond())));
        SectionPictures drawn = drawn();
        return Page.builder(title(), findings.lead())
                .figures(figures)
                .charts("The course of training", charts(findings, drawn))
                .sheets(sheets(drawn, rows))
                .classes(findings.confusion(), findings.classes())
                .adapted(adapted(), adaptation.table())
                .layers(drawn.layers())
                .maps(drawn.maps())
                .recipe(Configs.yaml(recipe.tree()))
                .inputs(ledger.inputs().stream()
                        .map(input -> new Page.Fact(input.name(), input.sha256()))
                        .toList())
                .facts(facts(outcome))
                .next(Advice.next(recipe))
                .build();
    }

    /** With how they would vary on other rows, and with what the most frequent answer would reach. */
    private List<Page.Figure> figures(Findings findings) {
        var figures = new ArrayList<Page.Figure>();
        for (Page.Figure figure : findings.quality()) {
            String note = intervals.entrySet().stream()
                    .filter(entry -> FigureFormat.title(entry.getKey()).equals(figure.label()))
                    .map(entry -> FigureFormat.of(
                                    entry.getKey(), entry.getValue().low()) + " to "
                            + FigureFormat.of(entry.getKey(), entry.getValue().high()) + "; ")
                    .findFirst()
                    .orElse("");
            figures.add(new Page.Figure(figure.label(), figure.value(), note + figure.note()));
        }
        if (told != null && told.judged() != null) {
            told.judged()
                    .baseline()
                    .forEach((name, value) -> figures.add(new Page.Figure(
                            "The same answer to all",
                            FigureFormat.of(name, value),
                            FigureFormat.title(name) + " on the test rows")));
        }
        return figures;
    }

    private List<Chart> charts(Findings findings, SectionPictures drawn) {
        var charts = new ArrayList<>(findings.charts());
        if (told != null && told.judged() != null) {
            charts.addAll(JudgedPictures.calibration(told.judged()));
        }
        charts.addAll(drawn.charts());
        return charts;
    }

    private List<Page.Sheet> sheets(SectionPictures drawn, Prepared rows) {
        var sheets = new ArrayList<>(samples);
        sheets.addAll(drawn.tables());
        if (told != null && told.judged() != null) {
            sheets.add(JudgedPictures.mistakes(told.judged(), told.lines()));
        }
        List<Integer> learnt = rows.classRows();
        if (!learnt.isEmpty()) {
            sheets.add(balance(rows.labels(), learnt));
        }
        if (!remarks.isEmpty()) {
            sheets.add(new Page.Sheet(
                    "The data",
                    "What was noticed while reading.",
                    List.of("remark"),
                    remarks.stream().map(List::of).toList(),
                    -1));
        }
        return sheets;
    }

    /** How many rows to learn from each class has, the most first. */
    private static Page.Sheet balance(List<String> labels, List<Integer> learnt) {
        double all = learnt.stream().mapToInt(Integer::intValue).sum();
        List<List<String>> lines = IntStream.range(0, labels.size())
                .boxed()
                .sorted(Comparator.comparingInt(c -> -learnt.get(c)))
                .limit(MOST_CLASSES)
                .map(c -> List.of(
                        labels.get(c),
                        String.format(Locale.ROOT, "%,d", learnt.get(c)),
                        String.format(Locale.ROOT, "%.1f %%", 100 * learnt.get(c) / all)))
                .toList();
        return new Page.Sheet(
                "How many rows each class has",
                "To learn from, the most frequent class first"
                        + (labels.size() > MOST_CLASSES ? "; the first " + MOST_CLASSES + " of " + labels.size() : "")
                        + ".",
                List.of("class", "rows", "share"),
                lines,
                -1);
    }

    private String title() {
        String title = recipe.output().title();
        return title != null ? title : recipe.name();
    }

    private String adapted() {
        String all = String.format(Locale.ROOT, "%,d", adaptation.total());
        String trained = String.format(Locale.ROOT, "%,d", adaptation.trained());
        if (recipe.adapter() == null) {
            return "All " + all + " numbers of the model were trained"
                    + (recipe.model().beginsAtRandom() ? ", from random ones." : ".");
        }
        if (adaptation.params().parametrizations().isEmpty()) {
            return trained + " numbers were trained in or beside a model of " + all + " (" + adaptation.share()
                    + "), adapters at " + adaptation.modules().size() + " points of it.";
        }
        boolean withHead = adaptation.params().weights().values().stream().anyMatch(w -> w.requires_grad());
        return trained + " numbers were trained beside a model of " + all + " (" + adaptation.share() + "), in "
                + adaptation.modules().size() + " of its "
                + model.modules().linears().size() + " linear modules"
                + (withHead ? " and the head." : ".");
    }

    private List<Page.Fact> facts(Outcome outcome) {
        Device device = adaptation.params().device();
        var versions = new ArrayList<String>();
        ledger.versions().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> versions.add(entry.getKey() + " " + entry.getValue()));
        return List.of(
                new Page.Fact("made by", ledger.madeBy()),
                new Page.Fact("versions", String.join(", ", versions)),
                new Page.Fact("optimizer", optimizer()),
                new Page.Fact("seed", String.valueOf(recipe.train().seed())),
                new Page.Fact("threads", String.valueOf(ledger.threads())),
                new Page.Fact("device", device.is_cuda() ? "CUDA" : "processor"),
                new Page.Fact(
                        "precision",
                        recipe.train().precision().resolved(device).name().toLowerCase(Locale.ROOT)),
                new Page.Fact("time", Text.duration(outcome.seconds())));
    }

    /** The rule, and what a run needs for what it remembers. */
    private String optimizer() {
        OptimizerConfig config = recipe.train().optimizer();
        long bytes = SlotSpec.bytes(
                config.rule().slots(), adaptation.params().trainables().values());
        int models = parts.stream().mapToInt(PartReport::models).max().orElse(1);
        return config.name().name().toLowerCase(Locale.ROOT)
                + (bytes == 0 ? ", which remembers nothing" : ", which remembers " + Text.bytes(models * bytes))
                + (bytes > 0 && models > 1 ? " of " + models + " models" : "");
    }
}
