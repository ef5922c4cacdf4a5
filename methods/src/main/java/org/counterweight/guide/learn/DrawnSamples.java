package org.counterweight.guide.learn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.image.ImageSheet;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.sample.Sampler;
import org.counterweight.model.Batch;
import org.counterweight.model.zoo.denoise.DenoisingModel;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.Section;
import org.counterweight.train.state.Remembering;
import org.jspecify.annotations.Nullable;

/**
 * Images drawn from a network as it learns, at every evaluation from the same noise, without guidance. Where there are too many
 * to be shown, those between near ones are forgotten.
 */
final class DrawnSamples implements TrainingEvents, PartReport, Remembering {
    private static final int STEPS = 25;
    private static final int MOST_CLASSES = 12;
    private static final int MOST_LOOKS = 6;

    private final DiffusionConfig config;
    private final DenoisingModel model;
    private final Run run;
    private final long across;
    private final Map<Long, float[]> looks = new LinkedHashMap<>(); // pixels by the steps taken before
    private long @Nullable [] shape;

    DrawnSamples(DiffusionConfig config, DenoisingModel model, Run run) {
        this.config = config;
        this.model = model;
        this.run = run;
        this.across = Math.min(MOST_CLASSES, model.classes());
    }

    @Override
    public void atEvaluation(long step) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var device = run.task().params().device();
            long[] sizes = shape();
            Tensor noise = Tensors.to(
                    Tensors.zeros(sizes)
                            .normal_(
                                    0,
                                    1,
                                    Tensors.optional(new Seed(run.config().seed())
                                            .child("samples")
                                            .generator())),
                    device);
            long[] classes = new long[(int) sizes[0]];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = i % across;
            }
            var guided = TrainedDenoiser.guided(
                    model,
                    run.task().params(),
                    config.predictionType(),
                    Tensors.to(Tensors.longs(classes), device),
                    ClassifierFree.of(Convention.OMEGA));
            Sampler sampler = SamplerName.usual(config.predictionType())
                    .sampler(config, DrawConfig.of(STEPS), new Seed(0), sizes);
            Tensor drawn = sampler.sample(guided, noise, new double[STEPS]).samples();
            looks.put(step, Tensors.toFloats(DiffusionObjective.pixels(drawn)));
            thin(looks);
        }
    }

    /** Forgets looks until few enough are left: always the one between the nearest two, so that all of the course is shown. */
    static void thin(Map<Long, float[]> looks) {
        while (looks.size() > MOST_LOOKS) {
            List<Long> steps = new ArrayList<>(looks.keySet()); // rising; the first and the newest stay
            int nearest = 1;
            for (int i = 2; i < steps.size() - 1; i++) {
                nearest = gap(steps, i) < gap(steps, nearest) ? i : nearest;
            }
            looks.remove(steps.get(nearest));
        }
    }

    private static long gap(List<Long> steps, int i) {
        return steps.get(i + 1) - steps.get(i - 1);
    }

    /** {@code [images, channels, height, width]} of what is drawn, as large as the rows that are learnt. */
    private long[] shape() {
        if (shape == null) {
            long[] sizes = Tensors.shape(run.task().data().epoch(0).apply(0).get(Batch.PIXEL_VALUES));
            sizes[0] = across * config.samples();
            shape = sizes;
        }
        return shape;
    }

    @Override
    public List<Section> sections() {
        if (looks.isEmpty()) {
            return List.of();
        }
        var pictures = new ArrayList<Section.Picture>();
        try (var scope = Scope.open()) {
            long[] sizes = shape();
            looks.forEach((step, pixels) -> pictures.add(new Section.Picture(
                    String.format(Locale.ROOT, "after %,d steps", step),
                    ImageSheet.png(Tensors.floats(pixels, sizes), (int) across),
                    (int) (across * (sizes[3] + 1) - 1))));
        }
        return List.of(new Section.Pictures(
                "What it draws",
                "Images drawn from the same noise as the network learnt, without guidance; each column is a class, the"
                        + " first on the left.",
                pictures));
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        looks.forEach((step, pixels) -> state.put("after." + step, Tensors.floats(pixels)));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        looks.clear();
        state.keySet().stream()
                .map(name -> Long.parseLong(name.substring(name.lastIndexOf('.') + 1)))
                .sorted()
                .forEach(step -> looks.put(step, Tensors.toFloats(Remembering.required(state, "after." + step))));
    }
}
