package org.counterweight.distill.settings;

import java.util.LinkedHashSet;
import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.distill.OuterStep;
import org.counterweight.distill.expert.ExpertConfig;
import org.counterweight.distill.siamese.Siamese;
import org.counterweight.distill.trajectory.IntermediateEpochs;
import org.counterweight.distill.trajectory.Perturbation;
import org.counterweight.distill.trial.TrialConfig;
import org.jspecify.annotations.Nullable;

/** How a set of images is distilled: the section {@code distill} of a recipe. What is null is as the method has it. */
@Example(
        where = "the example as it stands; without --check it is done",
        value = "./cw distill examples/distill/digits.yaml --check")
public record DistillConfig(
        @Setting(
                value =
                        "The way: along experts (ast, mtt, tesla), by features (dm) or gradients (dc), or real images alone",
                defaultsTo = "\"ast\"",
                oneOf = {"ast", "mtt", "tesla", "dm", "dc", "herding", "representative", "random"})
        DistillationMethod method,

        @Setting(value = "Images a class", defaultsTo = "1", range = "at least 1; 1, 10 or 50 is usual")
        int ipc,

        @Setting(
                value = "What they begin as: real images at random, those nearest to the centres of a class, or noise",
                defaultsTo = "\"representative\"",
                oneOf = {"real", "representative", "noise"})
        Start init,

        @Setting(value = "Steps of the images", defaultsTo = "5000", range = "at least 1; 5000 is usual")
        int iterations,

        @Setting(
                value = "T: inner steps, each on batch_syn synthetic images",
                defaultsTo = "20",
                range = "at least 1; 20 is usual")
        int synSteps,

        @Setting(
                value = "M: epochs of the expert that the inner steps are to cover",
                defaultsTo = "2",
                range = "at least 1; 2 is usual")
        int expertEpochs,

        @Setting(
                value = "T+: epochs of the expert that a stretch may begin at",
                defaultsTo = "20",
                range = "at least 1; 20 is usual")
        int maxStartEpoch,

        @Setting(value = "Synthetic images of an inner step; null for all", defaultsTo = "null", range = "at least 1")
        @Nullable
        Integer batchSyn,

        @Setting(
                value = "Real images a class of a step of dm and dc",
                defaultsTo = "256",
                range = "at least 1; 256 is usual")
        int batchReal,

        @Setting(
                value = "Rate of the images; null for 1000 along experts, 1 in dm, 0.1 in dc",
                defaultsTo = "null",
                range = "at least 0; 1000 is usual along experts")
        @Nullable
        Double lrImg,

        @Setting(value = "Rate of the learned rate", defaultsTo = "1e-5", range = "at least 0; 1e-5 is usual")
        double lrLr,

        @Setting(value = "The learned rate to begin with", defaultsTo = "0.01", range = "above 0; 0.01 is usual")
        double lrTeacher,

        @Setting(
                value = "The least that the learned rate may become",
                defaultsTo = "1e-6",
                range = "above 0; 1e-6 is usual")
        double lrFloor,

        @Setting(value = "Momentum of the steps of the images", defaultsTo = "0.5", range = "[0, 1); 0.5 is usual")
        double outerMomentum,

        @Setting(
                value = "Momentum of the inner steps; null for 0.9 in ast, 0 elsewhere",
                defaultsTo = "null",
                range = "[0, 1); 0.9 is usual")
        @Nullable
        Double innerMomentum,

        @Setting(
                value = "How much the weights that a stretch begins with are perturbed; null for 1 in ast, 0 elsewhere",
                defaultsTo = "null",
                range = "at least 0; 1 is usual")
        @Nullable
        Double perturbAlpha,

        @Setting(
                value = "Over what a perturbation's length is taken",
                defaultsTo = "\"tensor\"",
                oneOf = {"tensor", "filter"})
        Perturbation.Scope perturbScope,

        @Setting(
                value =
                        "Whether inner losses count more the later a stretch begins; null for true in ast, false elsewhere",
                defaultsTo = "null")
        @Nullable
        Boolean balance,

        @Setting(
                value = "How epochs within a stretch count; null for agg in ast, none elsewhere",
                defaultsTo = "null",
                oneOf = {"none", "agg", "adaptive"})
        @Nullable
        IntermediateEpochs middle,

        @Setting(
                value =
                        "How the gradient is had: exact in constant memory, exact by unrolling, or tesla's shortcut; null for"
                                + " tesla's in tesla, sweep elsewhere",
                defaultsTo = "null",
                oneOf = {"sweep", "unroll", "tesla"})
        @Nullable
        EngineChoice engine,

        @Setting(
                value = "What images are called: their class, or what an expert says of them",
                defaultsTo = "\"none\"",
                oneOf = {"none", "teacher"})
        SoftLabels softLabels,

        @Setting(
                value = "Changes of which one is drawn in each step, joined by _; none for images as they are",
                defaultsTo = "\"color_crop_cutout_flip_scale_rotate\"")
        String dsaStrategy,

        @Setting(value = "Whether pixels are normalised channel by channel", defaultsTo = "true")
        boolean normalize,

        @Setting(value = "How experts are trained", defaultsTo = "{}")
        ExpertConfig experts,

        @Setting(value = "How the set is judged", defaultsTo = "{}")
        TrialConfig trial,

        @Setting(
                value = "Steps between two looks at the images to choose by; the best set is kept. Null for ten looks",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer evaluateEvery,

        @Setting(
                value = "Other ways to as many images, judged likewise",
                defaultsTo = "[\"random\", \"herding\"]",
                range = "of ast, mtt, tesla, dm, dc, herding, representative, random")
        List<DistillationMethod> baselines,

        @Setting(
                value = "Gigabytes that the work may take; null for the machine's",
                defaultsTo = "null",
                range = "above 0; gigabytes")
        @Nullable
        Double memory) {
    private static final int LOOKS = 10;

    public DistillConfig {
        Checks.ranges(
                DistillConfig.class,
                "distill",
                ipc,
                iterations,
                synSteps,
                expertEpochs,
                maxStartEpoch,
                batchSyn,
                batchReal,
                lrImg,
                lrLr,
                lrTeacher,
                lrFloor,
                outerMomentum,
                innerMomentum,
                perturbAlpha,
                evaluateEvery,
                memory);
        strategy(dsaStrategy);
        baselines = List.copyOf(new LinkedHashSet<>(baselines));
        if (method.followsExperts() && expertEpochs + maxStartEpoch - 1 > experts.epochs()) {
            throw new ConfigException("distill: a stretch of expert_epochs: " + expertEpochs
                    + " that begins before max_start_epoch: " + maxStartEpoch + " does not lie within experts.epochs: "
                    + experts.epochs() + "; lower one of the first two, or train experts for longer");
        }
        EngineChoice.check(method, engine, innerMomentum, middle);
    }

    private static Siamese strategy(String words) {
        try {
            return Siamese.of(words);
        } catch (ConfigException e) {
            throw new ConfigException("distill." + e.getMessage(), e);
        }
    }

    /** The same for another way, with what is null as that has it. */
    public DistillConfig as(DistillationMethod way) {
        boolean own = way == method;
        return new DistillConfig(
                way,
                ipc,
                init,
                iterations,
                synSteps,
                expertEpochs,
                maxStartEpoch,
                batchSyn,
                batchReal,
                own || way.followsExperts() == method.followsExperts() ? lrImg : null,
                lrLr,
                lrTeacher,
                lrFloor,
                outerMomentum,
                own ? innerMomentum : null,
                own ? perturbAlpha : null,
                perturbScope,
                own ? balance : null,
                own ? middle : null,
                own ? engine : null,
                own ? softLabels : SoftLabels.NONE,
                dsaStrategy,
                normalize,
                experts,
                trial,
                evaluateEvery,
                List.of(),
                memory);
    }

    /** How images are changed at random. */
    public Siamese dsa() {
        return strategy(dsaStrategy);
    }

    /** Experts with every setting as the method has it. */
    public ExpertConfig resolvedExperts() {
        return experts.resolved(method == DistillationMethod.AST);
    }

    public OuterStep outer() {
        double usual = method.followsExperts() ? 1000 : method == DistillationMethod.DC ? 0.1 : 1;
        return new OuterStep(lrImg != null ? lrImg : usual, lrLr, outerMomentum, lrFloor);
    }

    /** Momentum of the inner steps. */
    public double momentum() {
        return innerMomentum != null ? innerMomentum : method == DistillationMethod.AST ? 0.9 : 0;
    }

    public Perturbation perturbation() {
        return new Perturbation(
                perturbAlpha != null ? perturbAlpha : method == DistillationMethod.AST ? 1 : 0, perturbScope);
    }

    public boolean balances() {
        return balance != null ? balance : method == DistillationMethod.AST;
    }

    public IntermediateEpochs between() {
        return middle != null
                ? middle
                : method == DistillationMethod.AST ? IntermediateEpochs.AGG : IntermediateEpochs.NONE;
    }

    public EngineChoice chosenEngine() {
        return engine != null ? engine : method == DistillationMethod.TESLA ? EngineChoice.TESLA : EngineChoice.SWEEP;
    }

    /** Steps between two looks. */
    public int every() {
        return evaluateEvery != null ? evaluateEvery : Math.max(1, iterations / LOOKS);
    }
}
