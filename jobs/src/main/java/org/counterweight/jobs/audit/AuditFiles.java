package org.counterweight.jobs.audit;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.counterweight.audit.files.Finding;
import org.counterweight.audit.files.Verdict;
import org.counterweight.config.Configs;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an audit leaves behind: figures for programs, SARIF for pipelines, and a page. */
record AuditFiles(AuditJob job, AuditOutcome outcome) {
    static final String JSON = "audit.json";
    static final String SARIF = "audit.sarif";
    static final String REPORT = "report.html";

    private static final int SHOWN = 40;

    /** @param output what the directory will be called */
    void write(Path directory, Path output) throws IOException {
        Files.writeString(directory.resolve(JSON), json().toPrettyString() + "\n");
        Files.writeString(directory.resolve(SARIF), sarif().toPrettyString() + "\n");
        page(output).write(directory.resolve(REPORT));
    }

    private static String lower(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    private ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("model", job.model().toString()).put("verdict", lower(outcome.verdict()));
        json.set("config", Configs.tree(job.config()));
        ArrayNode findings = json.putArray("findings");
        for (Finding finding : outcome.findings()) {
            findings.addObject()
                    .put("verdict", lower(finding.verdict()))
                    .put("rule", finding.rule())
                    .put("where", finding.where())
                    .put("text", finding.text());
        }
        ArrayNode words = json.putArray("words");
        for (AuditOutcome.Row row : outcome.rows()) {
            words.addObject()
                    .put("word", row.word())
                    .put("id", row.id())
                    .put("target", row.target())
                    .put("flip_rate", row.figures().rate())
                    .put("low", row.figures().interval().low())
                    .put("high", row.figures().interval().high())
                    .put("frequency", row.figures().frequency())
                    .put("usual_rate", row.figures().usual())
                    .put("z", row.figures().z())
                    .put("suspect", row.isSuspect());
        }
        return json;
    }

    /** SARIF 2.1.0, OASIS: one run, one result a finding. */
    private ObjectNode sarif() {
        ObjectNode sarif = Configs.JSON.createObjectNode();
        sarif.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        sarif.put("version", "2.1.0");
        ObjectNode run = sarif.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver").put("name", "counterweight");
        ArrayNode rules = driver.putArray("rules");
        outcome.findings().stream()
                .map(Finding::rule)
                .distinct()
                .sorted()
                .forEach(rule -> rules.addObject().put("id", rule));
        ArrayNode results = run.putArray("results");
        for (Finding finding : outcome.findings()) {
            ObjectNode result = results.addObject();
            result.put("ruleId", finding.rule());
            result.put("level", finding.verdict() == Verdict.FINDING ? "error" : "warning");
            result.putObject("message").put("text", finding.where() + " " + finding.text());
            locate(finding, result.putArray("locations").addObject());
        }
        return sarif;
    }

    /** A file by its address in the model; a word or a tensor by its name. */
    private void locate(Finding finding, ObjectNode location) {
        String uri = address(finding.where());
        if (uri == null) {
            location.putArray("logicalLocations").addObject().put("name", finding.where());
        } else {
            location.putObject("physicalLocation").putObject("artifactLocation").put("uri", uri);
        }
    }

    private @Nullable String address(String where) {
        try {
            return Files.exists(job.model().resolve(where))
                    ? new URI(null, null, where.equals(".") ? "./" : where, null).toASCIIString()
                    : null;
        } catch (InvalidPathException | URISyntaxException e) {
            return null; // a word that could be no file
        }
    }

    private Page page(Path output) {
        long found = count(Verdict.FINDING);
        long open = count(Verdict.NOT_EXAMINED);
        return Page.builder(
                        "Audit of " + job.model(),
                        switch (outcome.verdict()) {
                            case CLEAN ->
                                "Nothing was detected. That is not the same as that there is nothing: triggers of"
                                        + " several words, of style or grammar are out of this scan's reach.";
                            case NOT_EXAMINED -> "Nothing was detected in what was examined, but not everything was.";
                            case FINDING ->
                                found + (found == 1 ? " finding" : " findings")
                                        + ". Do not serve this model as long as one is not explained.";
                        })
                .figures(List.of(
                        new Page.Figure(
                                "Verdict",
                                lower(outcome.verdict()).replace('_', ' '),
                                "of three: clean, not examined, finding"),
                        new Page.Figure("Findings", String.valueOf(found), "each stands below"),
                        new Page.Figure("Not examined", String.valueOf(open), "which is never clean")))
                .charts("Words", outcome.rows().isEmpty() ? List.of() : List.of(scatter()))
                .sheets(Stream.of(findings(), words())
                        .filter(sheet -> !sheet.rows().isEmpty())
                        .toList())
                .recipe(Configs.yaml(Configs.tree(job.config())))
                .facts(facts())
                .next(List.of(
                        new Page.Next(
                                "./cw audit " + job.model() + " --write-manifest manifest.json",
                                "keeps the digests of what was audited"),
                        new Page.Next("./cw explain audit", "how the scan decides")))
                .build();
    }

    private List<Page.Fact> facts() {
        var facts = new ArrayList<Page.Fact>();
        job.inputs().forEach(path -> facts.add(new Page.Fact("read", path.toString())));
        facts.add(new Page.Fact("tried", outcome.scanned() == null ? "no words" : outcome.scanned() + " texts"));
        return facts;
    }

    private long count(Verdict verdict) {
        return outcome.findings().stream()
                .filter(finding -> finding.verdict() == verdict)
                .count();
    }

    private Chart scatter() {
        double[] x = outcome.rows().stream()
                .mapToDouble(row -> Math.log10(1 + row.figures().frequency()))
                .toArray();
        double[] y =
                outcome.rows().stream().mapToDouble(row -> row.figures().rate()).toArray();
        return Chart.ofFigures(
                "How often a word flips answers, beside how often it occurs",
                "Words of the last round, one point a word and class. A trigger stands at the upper left: it is rare,"
                        + " and flips nearly every text.",
                "how often it occurs, log10(1 + n)",
                List.of(new Chart.Series("share of texts it flips", x, y, Chart.Form.POINTS)),
                List.of());
    }

    private Page.Sheet findings() {
        return new Page.Sheet(
                "What was found",
                "The worst first. What was not examined is open: it is neither clean nor a finding.",
                List.of("Where", "Verdict", "What"),
                outcome.findings().stream()
                        .map(finding -> List.of(
                                finding.where(), lower(finding.verdict()).replace('_', ' '), finding.text()))
                        .toList(),
                -1);
    }

    private Page.Sheet words() {
        List<AuditOutcome.Row> shown = outcome.rows().stream()
                .filter(row -> row.figures().rate() > 0)
                .limit(SHOWN)
                .toList();
        return new Page.Sheet(
                "The words that flip most",
                "Tried: " + outcome.scanned()
                        + " texts. Usual: what the median of the rare words that were drawn at random flips to this"
                        + " class.",
                List.of("Word", "To class", "Flips", "95 % interval", "Occurs", "Usual", ""),
                shown.stream()
                        .map(row -> List.of(
                                row.word(),
                                row.target(),
                                percent(row.figures().rate()),
                                percent(row.figures().interval().low()) + " to "
                                        + percent(row.figures().interval().high()),
                                String.format(Locale.ROOT, "%.0f", row.figures().frequency()),
                                percent(row.figures().usual()),
                                row.isSuspect() ? "suspect" : ""))
                        .toList(),
                -1);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
