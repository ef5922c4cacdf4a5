package org.counterweight.studies.distill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.Split;
import org.counterweight.data.image.ImageSet;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.expert.Experts;
import org.counterweight.distill.real.PixelScale;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.run.Distillation;
import org.counterweight.distill.run.Distilled;
import org.counterweight.distill.run.SyntheticScore;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.settings.DistillationMethod;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/**
 * How much one image a class, or ten, are worth, by each way to them.
 *
 * @param name of the images: digits that are included, or a set of the catalogue
 * @param parts to learn from, to choose by and to judge by; what is not included is fetched when it is asked for
 */
public record DistillStudy(String name, Network network, Effort effort, Supplier<Split<LabelledDataset>> parts)
        implements Study {
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy, %", 1);
    private static final Metric RATE = Metric.plain("rate", "rate", 4);
    private static final Metric REAL = Metric.plain("real", "all real images, %", 1);

    private static final String STRONG = "MTT on strong experts";
    private static final String ONE = "1";
    private static final String TEN = "10";
    private static final List<String> FEW = List.of("random", "herding", "MTT");
    private static final Map<String, DistillationMethod> WAYS = ways();

    /**
     * The sizes of the network, and how far rates go on such images.
     *
     * @param lrImg of the images
     */
    public record Network(int size, int width, int depth, double lrImg) {
        ConvNet model() {
            return new ConvNet(1, size, width, depth, Normalization.INSTANCE, 10);
        }
    }

    /**
     * How much is done for one figure.
     *
     * @param iterations steps of the images
     * @param looks how often their worth is looked at meanwhile, so that the best can stand
     * @param trialEpochs of each fresh network
     * @param allAtTen whether all ways are taken at ten images a class too, or the plainest alone
     */
    public record Effort(int iterations, int looks, int trialEpochs, boolean allAtTen) {}

    private static Map<String, DistillationMethod> ways() {
        var ways = new LinkedHashMap<String, DistillationMethod>();
        ways.put("random", DistillationMethod.RANDOM);
        ways.put("herding", DistillationMethod.HERDING);
        ways.put("DM", DistillationMethod.DM);
        ways.put("MTT", DistillationMethod.MTT);
        ways.put(STRONG, DistillationMethod.MTT);
        ways.put("AST", DistillationMethod.AST);
        return ways;
    }

    /** The included digits of 8 x 8 pixels. */
    public static DistillStudy onDigits() {
        return new DistillStudy("digits", new Network(8, 16, 2, 10), new Effort(60, 3, 200, true), () -> {
            Split<LabelledDataset> split = Split.stratified(ImageSet.digits(), 0.1, 0.3, new Seed(5));
            return new Split<>(split.train(), split.dev(), split.test());
        });
    }

    /** Some of a set of the catalogue. */
    public static DistillStudy onHolding(String name) {
        return new DistillStudy(name, new Network(28, 8, 3, 100), new Effort(40, 1, 100, false), () -> {
            Path directory = Fetcher.ofUser(step -> {}).fetch(Holdings.named(name));
            var seed = new Seed(5);
            LabelledDataset train = Split.limit(ImageSet.read(directory, "train"), 1300, seed);
            LabelledDataset test = Split.limit(ImageSet.read(directory, "test"), 1000, seed);
            Split<LabelledDataset> split = Split.stratified(train, 0.2, 0, seed);
            return new Split<>(split.train(), split.dev(), test);
        });
    }

    private List<Pick> at(String count) {
        return WAYS.keySet().stream()
                .filter(way -> isTaken(way, count))
                .map(way -> Pick.of(way, setting(count)))
                .toList();
    }

    private boolean isTaken(String way, String count) {
        return effort.allAtTen() || count.equals(ONE) || FEW.contains(way);
    }

    private static String setting(String count) {
        return count + " a class";
    }

    private static Rule better(String a, String b, String count) {
        return new Rule.Wins(ACCURACY, Pick.of(a, setting(count)), Pick.of(b, setting(count)), 0.99);
    }

    @Override
    public Plan plan() {
        var all = new ArrayList<Pick>();
        List<String> counts = List.of(ONE, TEN);
        counts.forEach(count -> all.addAll(at(count)));
        var draft = Plan.of("distill-" + name, "Dataset distillation: " + name)
                .method("dataset_distillation")
                .paper("J. Shen et al., Efficient Dataset Distillation through Alignment with Smooth and High-Quality"
                        + " Expert Trajectories, 2023 (arXiv 2310.10541)")
                .says("A few learned images are worth far more than as many real ones; experts that are strong"
                        + " change too fast to be followed, unless they are made smooth.")
                .data(
                        network.size() == 8
                                ? "The included 8 x 8 digits: six tenths to learn from, one to choose by, three to"
                                        + " judge by."
                                : name
                                        + ": 1,040 images to learn from, 260 to choose by, 1,000 of the test to judge"
                                        + " by.")
                .setup("ConvNet of " + network.depth() + " blocks of " + network.width()
                        + " channels with instance norm; three experts of 12 epochs, batches of 64; "
                        + effort.iterations() + " steps of the images, 10 inner ones, 2 epochs of an expert from one"
                        + " of its first 8;"
                        + " colour and crop"
                        + " as changes."
                        + " Three fresh"
                        + " networks"
                        + " of " + effort.trialEpochs() + " epochs judge each set.")
                .picks(all)
                .seeds(3);
        for (String count : counts) {
            draft = draft.claim(
                            "Learned images (MTT) beat as many random ones, at " + count + " a class",
                            better("MTT", "random", count))
                    .claim("and herded ones", better("MTT", "herding", count));
            if (isTaken("AST", count)) {
                draft = draft.claim("Smooth experts (AST) beat strong ones as they are", better("AST", STRONG, count));
            }
        }
        for (String count : counts) {
            draft = draft.table(setting(count), at(count), List.of(ACCURACY, RATE, REAL));
        }
        if (!effort.allAtTen()) {
            draft = draft.limit(
                    "So that a figure takes less than a minute of one core: fewer steps and shorter trials than on"
                            + " the included digits, and at ten a class only what is plainest.");
        }
        return draft.limit("Few images, a small network and few steps: the papers take 5,000 steps and 100 experts.")
                .limit("Rates are the same for all ways along experts, and not tuned for any.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Split<LabelledDataset> split = parts.get();
        var model = new FlatModel(network.model());
        PixelScale scale;
        try (var scope = Scope.open()) {
            scale = PixelScale.of(RealImages.pixels(split.train()));
        }
        var images = new Images(
                RealImages.of(split.train(), scale),
                RealImages.of(split.dev(), scale),
                RealImages.of(split.test(), scale),
                split.train().labelNames());
        Path directory = temporary();
        return arm ->
                measured(arm, model, images, directory.resolve(arm.method().replace(' ', '-')), seed, size);
    }

    private record Images(RealImages real, RealImages choose, RealImages judge, List<String> names) {}

    private static Path temporary() {
        try {
            Path directory = Files.createTempDirectory("cw-experts");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DistillConfig config(Arm arm, Size size) {
        int count = Integer.parseInt(arm.setting().split(" ")[0]);
        String experts = arm.method().equals(STRONG) ? ", momentum: 0.9, weight_decay: 1e-3" : "";
        return Configs.bind(
                Configs.yaml(
                        "{method: "
                                + Objects.requireNonNull(WAYS.get(arm.method())).key() + ", ipc: " + count
                                + ", init: real, iterations: "
                                + size.of(effort.iterations(), 2)
                                + ", syn_steps: 10, expert_epochs: 2, max_start_epoch: "
                                + size.of(8, 2)
                                + (WAYS.get(arm.method()) == DistillationMethod.DM
                                        ? ""
                                        : ", lr_img: " + network.lrImg())
                                + ", lr_teacher: 0.05, lr_lr: 1e-5, dsa_strategy: color_crop, batch_real: 64,"
                                + " experts: {count: " + size.of(3, 1) + ", epochs: " + size.of(12, 4)
                                + ", batch_size: 64, lr: 0.05, lambda_gp: "
                                + (WAYS.get(arm.method()) == DistillationMethod.AST ? "0.05" : "null") + experts
                                + "}, trial: {networks: 3, epochs: " + size.of(effort.trialEpochs(), 5)
                                + "}, evaluate_every: "
                                + size.of(effort.iterations() / effort.looks(), 1)
                                + "}",
                        "the study"),
                DistillConfig.class,
                "distill");
    }

    private Measurement measured(Arm arm, FlatModel model, Images images, Path directory, Seed seed, Size size) {
        DistillConfig config = config(arm, size);
        Experts experts = config.method().needsExperts()
                ? new Experts(
                        directory, model, config.resolvedExperts(), config.maxStartEpoch() + config.expertEpochs() - 1)
                : null;
        if (experts != null) {
            record(experts, images, config, seed);
        }
        try (Experts.Recorded recorded = experts == null ? null : experts.open()) {
            var distillation = new Distillation(
                    config, model, images.real(), images.choose(), images.names(), recorded, seed.child("images"));
            Distilled found = Objects.requireNonNull(distillation.run(null, QUIET));
            double accuracy = accuracy(config, model, found.set(), images, seed.child("judge"));
            var values = new LinkedHashMap<String, Double>();
            values.put(ACCURACY.key(), 100 * accuracy);
            values.put(RATE.key(), found.set().rate().item_double());
            if (recorded != null) {
                values.put(REAL.key(), real(recorded, model, images));
            }
            return Measurement.of(values);
        }
    }

    private static double accuracy(DistillConfig config, FlatModel model, SyntheticSet set, Images images, Seed seed) {
        var trial = new org.counterweight.distill.trial.Trial(config.trial(), config.dsa()); // Study has a Trial too
        return trial.accuracies(model, set, images.judge(), seed, () -> false).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
    }

    /** What networks reach that learnt from all images. */
    private static double real(Experts.Recorded recorded, FlatModel model, Images images) {
        double sum = 0;
        for (int k = 0; k < recorded.count(); k++) {
            try (var scope = Scope.open()) {
                sum += 100 * images.judge().accuracy(model, recorded.end(k)) / recorded.count();
            }
        }
        return sum;
    }

    private static void record(Experts experts, Images images, DistillConfig config, Seed seed) {
        try {
            if (!Files.exists(experts.directory())) {
                Files.createDirectories(experts.directory());
                experts.directory().toFile().deleteOnExit();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        experts.record(images.real(), config.dsa(), seed.child("experts"), new Experts.Following() {
            @Override
            public boolean isStopped() {
                return false;
            }

            @Override
            public void epoch() {}
        });
        for (int k = 0; k < experts.config().count(); k++) {
            experts.file(k).toFile().deleteOnExit();
        }
    }

    private static final Distillation.Following QUIET = new Distillation.Following() {
        @Override
        public boolean isStopped() {
            return false;
        }

        @Override
        public void stepped(int iteration, double loss) {}

        @Override
        public void looked(SyntheticScore look) {}

        @Override
        public void remark(String line) {}
    };
}
