package org.counterweight.jobs.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.image.ImageSheet;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.learn.DrawConfig;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.guide.choice.GuidanceChoice;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.report.Page;
import org.counterweight.report.PicturePage;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shapes of guidance compared with one another at several weights, on a network of a run and by images that it has not learnt from:
 * {@code sweep.html} with figures and pictures, {@code sweep.json} with the figures. All are drawn from the same noise.
 *
 * @param run its directory, with {@code recipe.yaml}
 * @param draw how, but for the schedule
 * @param schedules to be compared with one another
 * @param count images of each class
 */
public record SweepJob(Path run, DrawConfig draw, List<GuidanceConfig> schedules, int count, long seed, Path output) {
    private static final String RECIPE = "recipe.yaml";
    private static final int SHOWN = 4; // images of a class in the page

    public SweepJob {
        schedules = List.copyOf(schedules);
        if (schedules.isEmpty()) {
            throw new ConfigException("--sweep needs at least one shape: --sweep static,linear --weights 1,2,4");
        }
        if (count < 1) {
            throw new ConfigException("--count", count, "an integer of at least 1");
        }
    }

    /**
     * One line of the table.
     *
     * @param name of the shape and its weight
     */
    public record Row(
            String name,
            double frechet,
            double accuracy,
            double diversity,
            double precision,
            double recall,
            long evaluations) {
        /** The cells, as they are read. */
        List<String> cells() {
            return List.of(
                    name,
                    String.format(Locale.ROOT, "%.2f", frechet),
                    String.format(Locale.ROOT, "%.3f", accuracy),
                    String.format(Locale.ROOT, "%.3f", diversity),
                    String.format(Locale.ROOT, "%.3f", precision),
                    String.format(Locale.ROOT, "%.3f", recall),
                    String.valueOf(evaluations));
        }
    }

    /**
     * The recipe of the run.
     *
     * @throws ConfigException if it is none of diffusion
     */
    public Recipe recipe() {
        Path file = run.resolve(RECIPE);
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("--sweep: " + run + " has no " + RECIPE
                    + ", which tells the real images to hold drawn ones against; name the directory of a run with"
                    + " task: diffusion");
        }
        try {
            Recipe recipe = Recipe.read(file, List.of());
            if (recipe.task() != TaskKind.DIFFUSION) {
                throw new ConfigException("--sweep: " + file + " is of task: "
                        + recipe.task().key() + "; name the directory of a run with task: diffusion");
            }
            return recipe;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Draws, judges, and writes the directory whole or not at all. */
    public List<Row> run(ProgressLine progress) {
        Recipe recipe = recipe();
        var from = new Seed(seed);
        try (TrainedNetwork network = TrainedNetwork.open(TrainedNetwork.directory(run));
                var scope = Scope.open()) {
            Prepared images = RunTask.of(recipe)
                    .rows(
                            null,
                            Fetcher.ofUser(progress::say),
                            progress,
                            new Seed(recipe.train().seed()));
            Judge judge = Judge.of(images, from.child("judge"));
            progress.say(String.format(
                    Locale.ROOT,
                    "the judge classifies %.1f %% of the images to judge by correctly",
                    100 * judge.accuracy()));
            List<Integer> classes = network.classes(List.of());
            var rows = new ArrayList<Row>();
            var strips = new ArrayList<PicturePage.Strip>();
            for (GuidanceChoice choice : choices()) {
                try (var inner = Scope.open()) {
                    String name = name(choice, network);
                    var drawn = network.draw(choice, classes, count, from.child("drawn"));
                    long[] asked = IntStream.range(0, classes.size() * count)
                            .mapToLong(i -> classes.get(i / count))
                            .toArray();
                    Judge.Figured figured = judge.figures(drawn.pixels(), Tensors.longs(asked));
                    rows.add(new Row(
                            name,
                            figured.frechet(),
                            figured.accuracy(),
                            figured.diversity(),
                            figured.precision(),
                            figured.recall(),
                            drawn.evaluations().stream()
                                    .mapToLong(Long::longValue)
                                    .sum()));
                    strips.add(strip(name, drawn.pixels(), classes.size()));
                    progress.say(String.join("  ", rows.get(rows.size() - 1).cells()));
                }
            }
            String named = String.valueOf(run.toAbsolutePath().normalize().getFileName());
            var facts = List.of(
                    new Page.Fact("network", TrainedNetwork.directory(run).toString()),
                    new Page.Fact("its SHA-256", Ledger.digest(TrainedNetwork.directory(run))),
                    new Page.Fact("seed", String.valueOf(seed)));
            write(new SweepPage(named, draw, schedules, rows, strips, judge.accuracy(), count, facts).page(), rows);
            return rows;
        }
    }

    /** Without guidance, then every schedule. */
    private List<GuidanceChoice> choices() {
        var choices = new ArrayList<GuidanceChoice>();
        var convention = schedules.get(0).convention();
        choices.add(new GuidanceChoice(
                GuidanceConfig.of(ShapeName.STATIC, convention.neutral(), convention), draw.unguided()));
        schedules.forEach(schedule -> choices.add(new GuidanceChoice(schedule, draw)));
        return choices;
    }

    /** The shape, its weight, and what else is not as usual; that it does nothing is said. */
    private String name(GuidanceChoice choice, TrainedNetwork network) {
        if (choice.draw().equals(draw.unguided()) && choice.guidance().guidesNothing()) {
            return "unguided";
        }
        GuidanceConfig guidance = choice.guidance();
        ObjectNode plain = Configs.tree(GuidanceConfig.of(
                guidance.schedule(), guidance.weight(), schedules.get(0).convention()));
        var words = new StringBuilder(guidance.schedule().name().toLowerCase(Locale.ROOT) + " " + guidance.weight());
        Configs.tree(guidance).properties().forEach(said -> {
            if (!said.getValue().equals(plain.get(said.getKey()))) {
                words.append(", ")
                        .append(said.getKey())
                        .append(' ')
                        .append(said.getValue().asString());
            }
        });
        return choice.draw().guidesNothing(network.plan(choice)) ? words + ", guides nothing" : words.toString();
    }

    /** A few of each class side by side, the classes one below the other. */
    private PicturePage.Strip strip(String name, Tensor pixels, int classes) {
        int shown = Math.min(SHOWN, count);
        long[] places = new long[classes * shown];
        for (int i = 0; i < places.length; i++) {
            places[i] = (long) (i % classes) * count + i / classes;
        }
        Tensor some = pixels.index_select(0, Tensors.longs(places));
        int width = (int) (classes * (some.size(3) + 1) - 1);
        return new PicturePage.Strip(name, ImageSheet.png(some, classes), width, Math.max(1, Math.min(4, 900 / width)));
    }

    private void write(PicturePage page, List<Row> rows) {
        ObjectNode json = Configs.JSON.createObjectNode();
        ArrayNode list = json.putArray("rows");
        rows.forEach(row -> list.addObject()
                .put("name", row.name())
                .put("frechet", row.frechet())
                .put("accuracy", row.accuracy())
                .put("diversity", row.diversity())
                .put("precision", row.precision())
                .put("recall", row.recall())
                .put("evaluations", row.evaluations()));
        json.set("draw", Configs.tree(draw));
        ArrayNode told = json.putArray("schedules");
        schedules.forEach(schedule -> told.add(Configs.tree(schedule)));
        json.put("count", count).put("seed", seed);
        try (Staged staged = Staged.output(output)) {
            page.write(staged.path().resolve("sweep.html"));
            Files.writeString(staged.path().resolve("sweep.json"), json.toPrettyString() + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
