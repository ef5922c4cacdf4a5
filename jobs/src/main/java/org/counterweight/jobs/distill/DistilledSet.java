package org.counterweight.jobs.distill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.image.ImageSheet;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.expert.HalfwayDecay;
import org.counterweight.distill.run.DistilledFile;
import org.counterweight.distill.trial.TrialConfig;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.recipe.program.DistillRecipe;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/**
 * The directory {@code set/}: the set itself, its images as PNG to look at, a directory for each class, and a recipe by which
 * {@code cw run} trains a fresh network on it.
 */
record DistilledSet(DistillRecipe recipe, DistilledFile file, Ledger ledger) {
    private static final String IMAGES = "images";

    void write(Path directory) {
        try (Staged staged = Staged.output(directory);
                var scope = Scope.open()) {
            file.write(staged.path().resolve(DistilledFile.NAME), ledger.metadata());
            pictures(staged.path().resolve(IMAGES));
            Files.writeString(staged.path().resolve("recipe.yaml"), Configs.yaml(training(directory)));
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void pictures(Path directory) throws IOException {
        SyntheticSet set = file.set();
        Tensor pixels = file.scale().back(set.images());
        int each = Math.toIntExact(pixels.size(0)) / file.labels().size();
        for (int c = 0; c < file.labels().size(); c++) {
            Path folder =
                    Files.createDirectories(directory.resolve(safe(file.labels().get(c))));
            for (int i = 0; i < each; i++) {
                long row = (long) c * each + i;
                Files.write(
                        folder.resolve("%03d.png".formatted(i)),
                        ImageSheet.png(Tensors.slice(pixels, 0, row, row + 1), 1));
            }
        }
    }

    /** A class's name as that of a directory. */
    private static String safe(String label) {
        return label.replaceAll("[^\\p{L}\\p{N}._ -]", "_");
    }

    /** The protocol by which the set was judged, as a recipe of cw run. */
    ObjectNode training(Path directory) {
        TrialConfig trial = recipe.distill().trial();
        ObjectNode whole = recipe.recipe().tree();
        ObjectNode tree = Configs.JSON.createObjectNode();
        tree.put("task", "image_classification");
        tree.set(
                "model",
                Configs.JSON
                        .createObjectNode()
                        .set("architecture", whole.path("model").path("architecture")));
        ObjectNode data = (ObjectNode) whole.path("data").deepCopy();
        data.put("distilled", directory.toString());
        if (!file.dsaStrategy().isBlank() && !file.dsaStrategy().equals("none")) {
            data.putArray("augment").addObject().put("kind", "siamese").put("strategy", file.dsaStrategy());
        }
        tree.set("data", data);
        ObjectNode train = tree.putObject("train");
        train.put("epochs", trial.epochs());
        train.put("batch_size", trial.batchSize());
        train.put("lr", file.set().rate().item_double());
        train.put("weight_decay", trial.weightDecay());
        train.put("decay_all", true);
        train.putObject("optimizer").put("name", "sgd").put("momentum", trial.momentum());
        int falls = new HalfwayDecay(trial.epochs(), 1, 1).falls();
        if (falls < trial.epochs()) {
            ObjectNode schedule = train.putObject("schedule");
            schedule.put("shape", "milestones").put("factor", trial.lrDecay());
            schedule.set("at", Configs.JSON.valueToTree(List.of(falls)));
        } else {
            train.put("schedule", "constant");
        }
        train.put("warmup", 0.0);
        train.putNull("clip");
        train.put("keep_best", false);
        long steps = trial.epochs() * ((file.set().images().size(0) + trial.batchSize() - 1) / trial.batchSize());
        train.put("eval_every", Math.max(1, steps / 4));
        train.put("precision", "float32");
        train.put("seed", recipe.recipe().train().seed());
        tree.putObject("output")
                .put("directory", directory.resolveSibling("trained").toString());
        return tree;
    }
}
