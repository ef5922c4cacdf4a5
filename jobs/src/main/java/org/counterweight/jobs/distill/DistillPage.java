package org.counterweight.jobs.distill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.image.ImageSheet;
import org.counterweight.distill.real.PixelScale;
import org.counterweight.distill.run.Distilled;
import org.counterweight.distill.run.SyntheticScore;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.JobPage;
import org.counterweight.jobs.recipe.program.DistillRecipe;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.report.PicturePage;
import org.counterweight.report.Text;
import org.counterweight.weights.ledger.Ledger;

/**
 * The page that shows a distillation.
 *
 * @param judged the set's own first, then other networks on it, then the baselines
 * @param real the mean accuracy of experts, which learnt from all real images; NaN without experts
 * @param seconds all of it took
 */
record DistillPage(
        DistillRecipe recipe,
        Distilled found,
        List<JudgedSet> judged,
        double real,
        PixelScale scale,
        List<String> labels,
        int learntFrom,
        Ledger ledger,
        double seconds) {
    private static final int MOST_ACROSS = 20;
    private static final int MOST_DOWN = 10;
    private static final int POINTS = 120;

    PicturePage page() {
        return new PicturePage(
                plain(),
                "The images as they change",
                "A column for each class, a row for each of its images, at each evaluation. The last sheet has the final images, the best by those held out to choose by.",
                strips());
    }

    private Page plain() {
        String title = recipe.recipe().output().title();
        return new JobPage(title == null ? recipe.recipe().name() : title, lead(), Configs.yaml(recipe.tree()), ledger)
                .of(
                        figures(),
                        "Step by step",
                        charts(),
                        List.of(table()),
                        JobPage.facts(
                                ledger,
                                new Page.Fact("took", Text.duration(seconds)),
                                new Page.Fact("steps discarded", String.valueOf(found.discarded())),
                                new Page.Fact("steps at the rate's floor", String.valueOf(found.floored()))),
                        List.of(
                                new Page.Next(
                                        "./cw run "
                                                + recipe.recipe().directory().resolve("set/recipe.yaml"),
                                        "trains a fresh network on the set"),
                                new Page.Next(
                                        "./cw explain dataset_distillation",
                                        "the method: its paper, formula and settings")));
    }

    private int images() {
        return labels.size() * recipe.distill().ipc();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String withDeviation(JudgedSet one) {
        return percent(one.mean()) + " ± " + percent(one.deviation());
    }

    private String lead() {
        JudgedSet own = judged.get(0);
        String against = Double.isNaN(real)
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; trained on all %,d real images it classifies %s %% correctly",
                        learntFrom,
                        percent(real));
        return String.format(
                Locale.ROOT,
                "%d images stand for %,d. A fresh %s trained on them alone classifies %s %% of the images to judge by correctly%s.",
                images(),
                learntFrom,
                own.network(),
                percent(own.mean()),
                against);
    }

    private List<Page.Figure> figures() {
        JudgedSet own = judged.get(0);
        var figures = new ArrayList<Page.Figure>();
        figures.add(new Page.Figure(
                "Learnt from the set",
                withDeviation(own) + " %",
                own.accuracies().size() + " fresh networks"));
        judged.stream()
                .filter(one -> one.way() != own.way())
                .findFirst()
                .ifPresent(one -> figures.add(new Page.Figure(
                        "By " + one.way().key(),
                        withDeviation(one) + " %",
                        one.way().line())));
        if (!Double.isNaN(real)) {
            figures.add(new Page.Figure("All real images", percent(real) + " %", "the experts"));
        }
        figures.add(new Page.Figure(
                "Learned rate",
                String.format(Locale.ROOT, "%.4g", own.rate()),
                String.format(Locale.ROOT, "began at %.4g", recipe.distill().lrTeacher())));
        return figures;
    }

    private List<Chart> charts() {
        var charts = new ArrayList<Chart>();
        double[] losses = found.losses();
        int[] told = IntStream.range(0, losses.length)
                .filter(i -> Double.isFinite(losses[i]))
                .toArray();
        if (told.length > 1) {
            double[] steps = IntStream.of(told).mapToDouble(i -> i + 1.0).toArray();
            double[] values = IntStream.of(told).mapToDouble(i -> losses[i]).toArray();
            charts.add(Chart.of(
                    "Loss of the matching",
                    "The matching loss of the images, step by step.",
                    "steps",
                    List.of(Chart.smoothed("loss", steps, values, POINTS)),
                    List.of()));
        }
        if (found.looks().size() > 1) {
            double[] steps = found.looks().stream()
                    .mapToDouble(SyntheticScore::iteration)
                    .toArray();
            charts.add(Chart.of(
                    "Accuracy of fresh networks",
                    "On the images held out to choose by.",
                    "steps",
                    List.of(new Chart.Series(
                            "learnt from the set",
                            steps,
                            found.looks().stream()
                                    .mapToDouble(SyntheticScore::accuracy)
                                    .toArray())),
                    List.of()));
            charts.add(Chart.of(
                    "Learned rate",
                    "The learning rate for training on the images.",
                    "steps",
                    List.of(new Chart.Series(
                            "rate",
                            steps,
                            found.looks().stream()
                                    .mapToDouble(SyntheticScore::rate)
                                    .toArray())),
                    List.of()));
        }
        return charts;
    }

    private Page.Sheet table() {
        var rows = new ArrayList<List<String>>();
        for (JudgedSet one : judged) {
            rows.add(List.of(
                    one.way().key(),
                    one.way().line(),
                    one.network(),
                    String.format(Locale.ROOT, "%.4g", one.rate()),
                    percent(one.mean()),
                    percent(one.deviation())));
        }
        return new Page.Sheet(
                "The same number of images, chosen in different ways",
                "Percent of the images to judge by that fresh networks classify correctly after training on "
                        + (recipe.distill().ipc() == 1
                                ? "1 image"
                                : recipe.distill().ipc() + " images")
                        + " a class, with the deviation among them; all by one protocol, one"
                        + " look at the test, after the last epoch.",
                List.of("images", "how", "network", "rate", "accuracy", "deviation"),
                rows,
                0);
    }

    private List<PicturePage.Strip> strips() {
        var strips = new ArrayList<PicturePage.Strip>();
        for (int i = 0; i < found.looks().size(); i++) {
            try (var scope = Scope.open()) {
                SyntheticScore look = found.looks().get(i);
                strips.add(strip(
                        String.format(
                                Locale.ROOT, "after %,d steps: %s %%", look.iteration(), percent(look.accuracy())),
                        found.snapshots().select(0, i)));
            }
        }
        strips.add(strip(
                "handed over: those after " + found.best().iteration() + " steps",
                found.set().images()));
        return strips;
    }

    /** Classes side by side, images of a class one below the other. */
    private PicturePage.Strip strip(String caption, Tensor images) {
        try (var scope = Scope.open()) {
            int each = recipe.distill().ipc();
            int across = Math.min(MOST_ACROSS, labels.size());
            int down = Math.min(MOST_DOWN, each);
            long[] order = new long[across * down];
            for (int place = 0; place < order.length; place++) {
                order[place] = (long) (place % across) * each + place / across;
            }
            Tensor pixels = scale.back(images.index_select(0, Tensors.longs(order)));
            int width = (int) (across * (images.size(3) + 1) - 1);
            int zoom = Math.max(1, Math.min(4, 900 / width));
            return new PicturePage.Strip(caption, ImageSheet.png(pixels, across), width, zoom);
        }
    }
}
