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
            description = "directory of a run with task: diffusion, or of its model; what it was last drawn with is the"
                    + " default of all that is not said")
    private Path model;

    @Option(names = "--classes", split = ",", description = "names or numbers of classes (default: all)")
    private List<String> classes = List.of();

    @Option(names = "--count", defaultValue = "8", description = "images of each class (default: ${DEFAULT-VALUE})")
    private int count;

    @Option(
            names = "--sampler",
            description = "${COMPLETION-CANDIDATES} (default: flow where a flow was learnt, else ddim)")
    private @Nullable SamplerName sampler;

    @Option(
            names = "--rule",
            description = "how predictions with and without the class become one: ${COMPLETION-CANDIDATES} (default:"
                    + " plain)")
    private @Nullable RuleName rule;

    @Option(
            names = "--rescale",
            paramLabel = "PHI",
            description = "how much of the conditional prediction's deviation a guided one gets back (default: 0)")
    private @Nullable Double rescale;

    @Option(names = "--corrector", description = "of edm: whose weight its second stage has: ${COMPLETION-CANDIDATES}")
    private @Nullable Corrector corrector;

    @Option(names = "--eta", description = "of apg: the share of the part along the prediction (default: 0)")
    private @Nullable Double eta;

    @Option(names = "--momentum", description = "of apg: of the running sum of differences (default: -0.5)")
    private @Nullable Double momentum;

    @Option(names = "--norm", description = "of apg: the greatest norm of a difference, 0 for none (default: 0)")
    private @Nullable Double norm;

    @Option(names = "--alpha", description = "of mambo_g: how fast it gives way (default: 8)")
    private @Nullable Double alpha;

    @Option(
            names = "--zero-steps",
            paramLabel = "N",
            description = "of zero_star: steps at the start that predict nothing (default: 0)")
    private @Nullable Integer zeroSteps;

    @Option(names = "--seed", defaultValue = "1", description = "of the noise (default: ${DEFAULT-VALUE})")
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

    @Option(names = "--weights", paramLabel = "W", split = ",", description = "of --sweep (default: that of --weight)")
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
