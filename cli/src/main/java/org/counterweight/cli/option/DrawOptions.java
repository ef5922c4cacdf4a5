package org.counterweight.cli.option;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.guide.learn.DrawConfig;
import org.counterweight.guide.learn.RuleName;
import org.counterweight.guide.learn.SamplerName;
import org.counterweight.guide.sample.EdmHeun.Corrector;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code cw guide} that go with {@code --model}. */
public final class DrawOptions {
    @Option(
            names = "--model",
            paramLabel = "RUN",
            required = true,
            description = "directory of a run with task: diffusion, or of its model; settings that are not given are"
                    + " those last used with it")
    private Path model;

    @Option(names = "--classes", split = ",", description = "names or numbers of classes (default: all)")
    private List<String> classes = List.of();

    @Option(names = "--count", defaultValue = "8", description = "images of each class (default: ${DEFAULT-VALUE})")
    private int count;

    @Option(
            names = "--sampler",
            description = "${COMPLETION-CANDIDATES} (default: flow for a network that predicts the flow, else ddim)")
    private @Nullable SamplerName sampler;

    @Option(
            names = "--rule",
            description = "how predictions with and without the class are combined: ${COMPLETION-CANDIDATES} (default:"
                    + " plain)")
    private @Nullable RuleName rule;

    @Option(
            names = "--rescale",
            paramLabel = "PHI",
            description = "how far to rescale guided predictions to the conditional one's deviation (default: 0)")
    private @Nullable Double rescale;

    @Option(names = "--corrector", description = "edm: the weight of its second stage: ${COMPLETION-CANDIDATES}")
    private @Nullable Corrector corrector;

    @Option(names = "--eta", description = "apg: share of the part parallel to the prediction (default: 0)")
    private @Nullable Double eta;

    @Option(names = "--momentum", description = "apg: momentum of the running sum of differences (default: -0.5)")
    private @Nullable Double momentum;

    @Option(names = "--norm", description = "apg: largest norm of a difference, 0 for no limit (default: 0)")
    private @Nullable Double norm;

    @Option(names = "--alpha", description = "mambo_g: how fast guidance decays (default: 8)")
    private @Nullable Double alpha;

    @Option(
            names = "--zero-steps",
            paramLabel = "N",
            description = "zero_star: steps at the start that predict zero (default: 0)")
    private @Nullable Integer zeroSteps;

    @Option(names = "--seed", defaultValue = "1", description = "seed of the noise (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--sweep",
            paramLabel = "SHAPE",
            split = ",",
            converter = ShapeWord.Converter.class,
            description =
                    "hold these shapes against one another at all --weights, in one page with figures and pictures;"
                            + " needs the directory of the run")
    private List<ShapeWord> sweep = List.of();

    @Option(
            names = "--weights",
            paramLabel = "W",
            split = ",",
            description = "weights for --sweep (default: that of --weight)")
    private List<Double> weights = List.of();

    public List<ShapeWord> sweep() {
        return sweep;
    }

    public List<Double> weights() {
        return weights;
    }

    public Path model() {
        return model;
    }

    public List<String> classes() {
        return classes;
    }

    public int count() {
        return count;
    }

    public long seed() {
        return seed;
    }

    /** What is asked for, the rest as it was; another rule leaves nothing of the settings of the one before. */
    public DrawConfig chosen(DrawConfig before, @Nullable Integer steps) {
        boolean isOther = rule != null && rule != before.rule();
        return new DrawConfig(
                sampler != null ? sampler : before.sampler(),
                rule != null ? rule : before.rule(),
                rescale != null ? rescale : isOther ? 0 : before.rescale(),
                steps != null ? steps : before.steps(),
                corrector != null ? corrector : before.corrector(),
                eta != null || isOther ? eta : before.eta(),
                momentum != null || isOther ? momentum : before.momentum(),
                norm != null || isOther ? norm : before.norm(),
                alpha != null || isOther ? alpha : before.alpha(),
                zeroSteps != null || isOther ? zeroSteps : before.zeroSteps());
    }
}
