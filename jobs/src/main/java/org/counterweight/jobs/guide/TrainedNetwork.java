package org.counterweight.jobs.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.data.image.ImageForm;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.guide.learn.DiffusionConfig;
import org.counterweight.guide.learn.DiffusionObjective;
import org.counterweight.guide.learn.SamplerName;
import org.counterweight.guide.learn.TrainedDenoiser;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.sample.Guided;
import org.counterweight.guide.sample.Trajectory;
import org.counterweight.jobs.guide.choice.GuidanceChoice;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.denoise.DenoisingModel;
import org.counterweight.weights.ModelDirectory;

/**
 * A denoising network trained by a run, opened to draw from. Closing it frees its weights.
 *
 * <p>One thread at a time.
 */
public final class TrainedNetwork implements AutoCloseable {
    private static final String SETTINGS = "diffusion.json";

    private final Scope scope;
    private final ModelDirectory files;
    private final DenoisingModel model;
    private final Params params;
    private final List<String> labels;
    private final DiffusionConfig settings;
    private final List<Integer> shape;

    private TrainedNetwork(Path directory, ModelDirectory files, Scope scope) {
        this.scope = scope;
        this.files = files;
        AdaptedModel adapted = AdaptedModel.of(files, null);
        this.model = (DenoisingModel) adapted.model();
        this.params = adapted.computed();
        this.labels = ModelDescription.labels(adapted.config());
        this.settings = settings(directory);
        this.shape = ImageForm.of(directory).shape().sizes();
    }

    /**
     * The directory of the model that is meant: that of a run, or the model's own.
     *
     * @throws ConfigException if there is no network that tells noise
     */
    public static Path directory(Path named) {
        for (Path candidate : List.of(named, named.resolve("merged"))) {
            if (Files.isRegularFile(candidate.resolve(SETTINGS))) {
                return candidate;
            }
        }
        throw new ConfigException("--model: " + named + " has no " + SETTINGS
                + (Files.isDirectory(named)
                        ? ": it is no network that tells noise; train one with task: diffusion"
                                + " (examples/diffusion.yaml)"
                        : ", as there is no such directory; name that of a run with task: diffusion"));
    }

    /**
     * Opens it.
     *
     * @param directory as {@link #directory} found it
     */
    public static TrainedNetwork open(Path directory) {
        Scope scope = Scope.open();
        try {
            ModelDirectory files = ModelDirectory.open(directory);
            try {
                var network = new TrainedNetwork(directory, files, scope);
                scope.detach();
                return network;
            } catch (RuntimeException e) {
                files.close();
                throw e;
            }
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    private static DiffusionConfig settings(Path directory) {
        Path file = directory.resolve(SETTINGS);
        try {
            return Configs.bind(
                    Configs.json(Files.readString(file), file.toString()), DiffusionConfig.class, file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The names of the classes that it can be told. */
    public List<String> labels() {
        return labels;
    }

    /**
     * The numbers of classes by their names, or by their numbers where these are no names; all if none is named.
     *
     * @throws ConfigException if one is unknown
     */
    public List<Integer> classes(List<String> names) {
        if (names.isEmpty()) {
            return IntStream.range(0, labels.size()).boxed().toList();
        }
        var numbers = new ArrayList<Integer>();
        for (String name : names) {
            int number = labels.indexOf(name);
            if (number < 0 && name.matches("\\d{1,6}") && Integer.parseInt(name) < labels.size()) {
                number = Integer.parseInt(name);
            }
            if (number < 0) {
                throw new ConfigException("--classes: \"" + name + "\" is no class of the model"
                        + Nearest.hint(name, labels, "It knows"));
            }
            numbers.add(number);
        }
        return numbers;
    }

    /**
     * What the schedule asks of each step of the sampler.
     *
     * @throws ConfigException if the rule does not know such weights, or the network nothing to be guided from
     */
    public GuidancePlan plan(GuidanceChoice choice) {
        SamplerName sampler = choice.draw().sampler(settings.predictionType());
        GuidancePlan plan = GuidancePlan.of(
                choice.guidance(), sampler.grid(settings, choice.draw().steps()));
        choice.draw().check(choice.guidance(), plan);
        if (settings.labelDrop() == 0 && !choice.draw().guidesNothing(plan)) {
            throw new ConfigException("--weight: the network was taught with diffusion.label_drop: 0.0, so it has never"
                    + " told noise without a class, and guidance has nothing to go away from; take static at "
                    + choice.guidance().convention().neutral() + ", or teach it with label_drop: 0.1");
        }
        return plan;
    }

    /**
     * What was drawn.
     *
     * @param pixels {@code float32 [classes * count, channels, height, width]}, those of a class one after the other, in [0, 1]
     *     up to what the network got wrong
     * @param evaluations of the network at each step
     */
    public record Drawn(Tensor pixels, List<Long> evaluations) {}

    /**
     * Draws images of classes; the tensors belong to the open scope.
     *
     * @param count of each class
     */
    public Drawn draw(GuidanceChoice choice, List<Integer> classes, int count, Seed seed) {
        try (var inner = Scope.open();
                var off = Tensors.noGrad();
                Guider guider = choice.draw().guider(choice.guidance().convention())) {
            long[] of = new long[classes.size() * count];
            for (int i = 0; i < of.length; i++) {
                of[i] = classes.get(i / count);
            }
            long[] sizes = {of.length, shape.get(0), shape.get(1), shape.get(2)};
            SamplerName name = choice.draw().sampler(settings.predictionType());
            Tensor noise = Tensors.zeros(sizes)
                    .normal_(
                            0,
                            name.first(),
                            Tensors.optional(seed.child("noise").generator()));
            Guided guided = TrainedDenoiser.guided(model, params, settings.predictionType(), Tensors.longs(of), guider);
            double[] weights = plan(choice).steps().stream()
                    .mapToDouble(GuidancePlan.Step::weight)
                    .toArray();
            Trajectory drawn = name.sampler(settings, choice.draw(), seed.child("steps"), sizes)
                    .sample(guided, noise, weights);
            return new Drawn(inner.keep(DiffusionObjective.pixels(drawn.samples())), drawn.evaluations());
        }
    }

    @Override
    public void close() {
        files.close();
        scope.close();
    }
}
