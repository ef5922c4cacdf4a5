package org.counterweight.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.counterweight.report.plot.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    private static final List<String> CLASSES = List.of(
            "act",
            "animal",
            "artifact",
            "attribute",
            "body",
            "cognition",
            "communication",
            "event",
            "feeling",
            "food",
            "group",
            "location",
            "motive",
            "object",
            "person",
            "phenomenon",
            "plant",
            "possession",
            "process",
            "quantity",
            "relation",
            "shape",
            "state",
            "substance",
            "time",
            "Tops");

    @Test
    void everythingOnThePageIsEscapedAndNothingIsFetched() {
        String html = page("<script>alert(1)</script>").html();
        assertThat(html).contains("&lt;script&gt;alert(1)&lt;/script&gt;").doesNotContain("<script");
        assertThat(Pattern.compile("(src|href)\\s*=|url\\(|@import|https?:")
                        .matcher(html)
                        .find())
                .as("an address")
                .isFalse();
    }

    /** Words are read from the left, numbers from the right, a dash is neither; long texts have lines of their own. */
    @Test
    void columnsAreReadByWhatTheyHold() {
        var sheet = new Page.Sheet(
                "s",
                "",
                List.of("way", "how", "part", "accuracy", "share", "angle"),
                List.of(
                        List.of(
                                "a",
                                "the target's update, projected on the sources'",
                                "target",
                                "68.9",
                                "–",
                                "12 to 30"),
                        List.of("b", "mean", "source", "7 of 9", "–", "–")),
                -1);
        assertThat(sheet.kinds()).containsExactly("words", "text", "words", null, null, null);
        var answers = List.of(List.of("H1", "house (0.61)", "NaN"), List.of("H2", "flat (0.93)", "0.2"));
        assertThat(new Page.Sheet("s", "", List.of("row", "predicted", "loss"), answers, -1).kinds())
                .containsExactly("words", "words", null);
    }

    @Test
    void thePageTellsWhatTheRunFound() {
        assertThat(page("Nouns").html())
                .contains(
                        "Nouns",
                        "0.812",
                        "Confusion matrix",
                        "attention.self.query",
                        "adapter:",
                        "Effective rows",
                        "<tr class=\"marked\">",
                        "Before and after",
                        "<td>52 %</td>");
    }

    @Test
    void writingLeavesOneFile(@TempDir Path directory) throws IOException {
        page("Nouns").write(directory.resolve("report.html"));
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("report.html"));
        }
    }

    @Test
    void axesEndAtRoundNumbers() {
        Scale scale = Scale.round(0.13, 0.87, 5, 100, 0);
        assertThat(scale.ticks().get(0)).isLessThanOrEqualTo(0.13);
        assertThat(scale.max()).isGreaterThanOrEqualTo(0.87);
        assertThat(scale.at(scale.min())).isEqualTo(100);
        assertThat(scale.label(0.2)).isEqualTo("0.2");
        assertThat(Scale.round(5, 5, 5, 0, 1).ticks()).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0);
        assertThat(Scale.round(1, 1, 5, 0, 1).max()).as("a share is at most 1").isEqualTo(1);
        assertThat(Scale.round(0, 0, 5, 0, 1).ticks()).hasSizeGreaterThan(1);
        assertThat(Scale.exact(0, 1500, 6, 0, 1).label(1500)).isEqualTo("1\u202f500");
    }

    @Test
    void theMostFrequentMistakeComesFirst() {
        ConfusionPlot plot = ConfusionPlot.of(List.of("a", "b"), new double[][] {{8, 2}, {5, 5}});
        assertThat(plot.mistakes()).first().isEqualTo(new ConfusionPlot.Mistake("b", "a", 5, 10));
        assertThat(plot.cells()).hasSize(4);
    }

    static Page page(String title) {
        var random = new SplittableRandom(1);
        double[] x = new double[400];
        double[] loss = new double[400];
        double[] effective = new double[400];
        for (int i = 0; i < 400; i++) {
            x[i] = i + 1;
            loss[i] = 0.8 + 2.3 * Math.exp(-i / 60.0) + 0.3 * random.nextDouble();
            effective[i] = 0.95 - 0.1 * random.nextDouble();
        }
        double[] evaluated = {100, 200, 300, 400};
        double[] accuracy = {0.62, 0.74, 0.79, 0.812};
        double[] macro = {0.41, 0.58, 0.66, 0.693};
        double[][] counts = new double[26][26];
        for (int i = 0; i < 26; i++) {
            long rows = Math.max(3, Math.round(300 * Math.exp(-i / 5.0)));
            for (int r = 0; r < rows; r++) {
                counts[i][random.nextDouble() < 0.8 ? i : random.nextInt(26)]++;
            }
        }
        var classes = new ArrayList<Page.ClassRow>();
        for (int i = 0; i < 26; i++) {
            classes.add(
                    new Page.ClassRow(CLASSES.get(i), 300 - 10 * i, 0.9 - 0.02 * i, 0.88 - 0.02 * i, 0.89 - 0.02 * i));
        }
        return Page.builder(
                        title,
                        "all-MiniLM-L6-v2 learnt 26 kinds of nouns from 6,000 glosses with a Bone adapter and"
                                + " loss-based weights: 81.2 % of 2,000 unseen glosses are right, against 71.5 % with the"
                                + " frozen encoder.")
                .figures(List.of(
                        new Page.Figure("Accuracy", "81.2 %", "frozen encoder 71.5 %"),
                        new Page.Figure("Macro-F1", "0.693", "frozen encoder 0.512"),
                        new Page.Figure("Trained", "1.3 %", "304,922 of 22,875,802 parameters"),
                        new Page.Figure("Time", "2 min 41 s", "74 rows a second, 2 threads")))
                .charts(
                        "The course of training",
                        List.of(
                                Chart.of(
                                        "Loss",
                                        "Mean cross-entropy of the training rows, and of the rows held out to choose"
                                                + " by.",
                                        "steps",
                                        List.of(
                                                Chart.smoothed("training", x, loss, 80),
                                                new Chart.Series(
                                                        "held out", evaluated, new double[] {1.6, 1.2, 1.05, 0.98})),
                                        List.of()),
                                Chart.of(
                                        "Accuracy",
                                        "On held-out rows, after each evaluation.",
                                        "steps",
                                        List.of(
                                                new Chart.Series("accuracy", evaluated, accuracy),
                                                new Chart.Series("macro-F1", evaluated, macro)),
                                        List.of(new Chart.Reference("frozen encoder, accuracy", 0.715))),
                                Chart.of(
                                        "Effective rows",
                                        "How many rows of a batch count, as a share: 1 where all weigh the same.",
                                        "steps",
                                        List.of(Chart.smoothed("share", x, effective, 80)),
                                        List.of())))
                .sheets(List.of(
                        new Page.Sheet(
                                "The grid", "Every share.", List.of("α", "NFR"), List.of(List.of("0.1", "2.5")), 0),
                        new Page.Sheet(
                                "Before and after",
                                "Right answers of each class.",
                                List.of("Class", "Before", "After"),
                                List.of(List.of("plant", "31 %", "52 %"), List.of("person", "74 %", "71 %")),
                                -1)))
                .classes(ConfusionPlot.of(CLASSES, counts), classes)
                .adapted(
                        "304,922 of 22,875,802 parameters were trained (1.3 %), in 12 of 37 linear modules and the"
                                + " head.",
                        List.of(
                                new Page.Adapted("attention.self.query", 6, "384 × 384", 147_456),
                                new Page.Adapted("attention.self.value", 6, "384 × 384", 147_456),
                                new Page.Adapted("classifier", 1, "26 × 384", 10_010)))
                .layers(List.of(LayerPlot.of(
                        "Where the budget went",
                        "The rank that each module has left: 16 singular triplets in all, 4.0 a module.",
                        Map.of(
                                "encoder.layer.0.attention.self.query", new LayerPlot.Value("2", 0.25),
                                "encoder.layer.1.attention.self.query", new LayerPlot.Value("8", 1),
                                "encoder.layer.0.attention.self.value", new LayerPlot.Value("0", 0),
                                "encoder.layer.1.attention.self.value", new LayerPlot.Value("6", 0.75)))))
                .recipe("model:\n  name: minilm\nadapter:\n  method: bone\n  r: 64\n")
                .inputs(List.of(
                        new Page.Fact("model", "7b969e95283826af0000000000000000000000000000000000000000000000000")))
                .facts(List.of(
                        new Page.Fact("seed", "7"),
                        new Page.Fact("versions", "counterweight 0.1.0, libtorch 2.10.0, java 17")))
                .next(List.of(new Page.Next(
                        "./cw predict runs/quickstart/merged --text \"a small furry animal\"", "asks the model")))
                .build();
    }
}
