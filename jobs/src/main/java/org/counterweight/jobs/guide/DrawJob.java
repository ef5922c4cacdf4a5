package org.counterweight.jobs.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.data.image.ImageSheet;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.jobs.guide.choice.GuidanceChoice;
import org.counterweight.weights.Staged;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Images drawn from a trained network with guidance: {@code samples.png}, a class a line, and {@code guidance.json} with the
 * weights and the evaluations of every step and how it was drawn. The choice is kept beside the model.
 *
 * @param model its directory
 * @param classes by name; all if empty
 * @param count of each class
 */
public record DrawJob(Path model, GuidanceChoice choice, List<String> classes, int count, long seed, Path output) {
    private static final int MOST = 1000;

    public DrawJob {
        classes = List.copyOf(classes);
        if (count < 1 || count > MOST) {
            throw new ConfigException("--count", count, "an integer from 1 to 1000");
        }
    }

    /**
     * The result.
     *
     * @param evaluations of the network at each step
     * @param images how many
     * @param guidesNothing whether they are the conditional network's own
     */
    public record Result(GuidancePlan plan, List<Long> evaluations, int images, boolean guidesNothing) {}

    /** Draws, writes the directory whole or not at all, and keeps the choice. */
    public Result run() {
        try (TrainedNetwork network = TrainedNetwork.open(model);
                var scope = Scope.open()) {
            List<Integer> numbers = network.classes(classes);
            GuidancePlan plan = network.plan(choice);
            TrainedNetwork.Drawn drawn = network.draw(choice, numbers, count, new Seed(seed));
            ObjectNode json = GuidanceForm.json(choice, plan);
            boolean guidesNothing = choice.draw().guidesNothing(plan);
            ArrayNode evaluations = json.putArray("evaluations");
            drawn.evaluations().forEach(evaluations::add);
            json.put("guides_nothing", guidesNothing);
            json.setAll(choice.json());
            ArrayNode names = json.putArray("classes");
            numbers.forEach(number -> names.add(network.labels().get(number)));
            json.put("count", count).put("seed", seed);
            try (Staged staged = Staged.output(output)) {
                Files.write(staged.path().resolve("samples.png"), ImageSheet.png(drawn.pixels(), count));
                Files.writeString(staged.path().resolve(GuidanceChoice.FILE), json.toPrettyString() + "\n");
                staged.commit();
            } catch (IOException e) {
                throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
            }
            choice.write(model);
            return new Result(plan, drawn.evaluations(), numbers.size() * count, guidesNothing);
        }
    }
}
