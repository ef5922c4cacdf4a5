package org.counterweight.jobs.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Device;
import org.counterweight.config.Configs;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.model.Model;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.report.Text;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.part.Section;
import org.counterweight.weights.ledger.Ledger;

/** The page that tells a run, whatever its task. */
record RunPage(Recipe recipe, Model model, Adaptation adaptation, List<Section> sections, Ledger ledger) {
    Page page(Outcome outcome, Findings findings, RunHistory course) {
        var figures = new ArrayList<>(findings.quality());
        figures.add(new Page.Figure(
                "Trained", adaptation.share(), String.format(Locale.ROOT, "%,d parameters", adaptation.trained())));
        figures.add(new Page.Figure(
                "Time",
                Text.duration(outcome.seconds()),
                String.format(Locale.ROOT, "training at %.0f rows a second", course.rowsPerSecond())));
        return new Page(
                title(),
                findings.lead(),
                figures,
                "The course of training",
                charts(findings),
                SectionPictures.of(sections).sheets(),
                findings.confusion(),
                findings.classes(),
                adapted(),
                adaptation.table(),
                SectionPictures.of(sections).layers(),
                Configs.yaml(recipe.tree()),
                ledger.inputs().stream()
                        .map(input -> new Page.Fact(input.name(), input.sha256()))
                        .toList(),
                facts(outcome),
                Advice.next(recipe));
    }

    private List<Chart> charts(Findings findings) {
        var charts = new ArrayList<>(findings.charts());
        charts.addAll(SectionPictures.of(sections).charts());
        return charts;
    }

    private String title() {
        String title = recipe.output().title();
        return title != null ? title : recipe.name();
    }

    /** What was trained and how rows were weighed, to stand after "with". */
    static String method(Recipe recipe) {
        return (recipe.adapter() == null
                        ? "all its weights"
                                + recipe.sections().parts().stream()
                                        .map(RunPart::does)
                                        .filter(does -> !does.isEmpty())
                                        .map(does -> ", " + does)
                                        .collect(Collectors.joining())
                        : article(recipe.adapter().method().name()) + " adapter")
                + (recipe.weigh() == null
                        ? ""
                        : ", rows weighed by " + recipe.weigh().method().name().replace('_', ' '));
    }

    private static String article(String name) {
        return ("aeiou".indexOf(name.charAt(0)) < 0 ? "a " : "an ") + name;
    }

    private String adapted() {
        String all = String.format(Locale.ROOT, "%,d", adaptation.total());
        String trained = String.format(Locale.ROOT, "%,d", adaptation.trained());
        if (recipe.adapter() == null) {
            return "All " + all + " numbers of the model were trained"
                    + (recipe.model().fromScratch() ? ", from random ones." : ".");
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
                new Page.Fact("seed", String.valueOf(recipe.train().seed())),
                new Page.Fact("threads", String.valueOf(ledger.threads())),
                new Page.Fact("device", device.is_cuda() ? "CUDA" : "processor"),
                new Page.Fact(
                        "precision",
                        recipe.train().precision().resolved(device).name().toLowerCase(Locale.ROOT)),
                new Page.Fact("time", Text.duration(outcome.seconds())));
    }
}
