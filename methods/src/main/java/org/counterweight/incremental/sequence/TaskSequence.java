package org.counterweight.incremental.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.GrownHead;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.HeadFeatures;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A classifier that learns a data set's classes task by task, each from the rows of its own classes and those that were kept:
 * {@link GrowthStep}s one after the other.
 *
 * @param model with a linear head, for any number of classes
 * @param start weights to begin with, by the model's names; those of the head are passed over
 * @param learnt the rows to learn from, of all classes
 * @param judged the rows to judge by
 * @param train of each task; its schedule begins anew with each
 */
public record TaskSequence(
        SequenceConfig config,
        Model model,
        Map<String, Tensor> start,
        LabelledDataset learnt,
        LabelledDataset judged,
        TrainConfig train) {
    /** Where the sequence stands after a task. */
    public static final String STATE = "sequence.safetensors";

    private static final String TRAINING = "task-%d.safetensors";
    private static final int TOP = 5;

    /** The name of the checkpoint inside a task. */
    private static Path training(Path directory, int task) {
        return directory.resolve(TRAINING.formatted(task));
    }

    /** All files that a sequence keeps while it goes on, and takes away at its end. */
    public List<String> files() {
        var files = new ArrayList<String>(List.of(STATE));
        IntStream.range(0, config.tasks()).forEach(task -> files.add(TRAINING.formatted(task)));
        return files;
    }

    /**
     * Learns all tasks, or goes on after the last that was finished.
     *
     * @param directory where states are kept, and found; null for nowhere
     * @return of the open scope
     */
    public SequenceResult run(@Nullable Path directory, GrowthStep.Following following) {
        List<String> names = learnt.labelNames();
        int[] order = config.classes(names);
        List<Integer> sizes = config.sizes(order.length);
        int[] places = new int[order.length];
        for (int place = 0; place < order.length; place++) {
            places[order[place]] = place;
        }
        List<String> labels = Arrays.stream(order).mapToObj(names::get).toList();
        try (var state = begun(directory)) {
            int known = state.classes();
            boolean interrupted = false;
            for (int task = state.results.size(); task < sizes.size() && !interrupted; task++) {
                try (var scope = Scope.open()) {
                    int classes = known + sizes.get(task);
                    interrupted = !new Turn(state, places, labels.subList(0, classes), sizes, task, known)
                            .learn(directory, following);
                    known = interrupted ? known : classes;
                }
                if (directory != null && !interrupted) {
                    state.write(directory.resolve(STATE), settings());
                    delete(training(directory, task));
                }
            }
            var weights = new LinkedHashMap<String, Tensor>();
            state.weights.forEach((name, tensor) -> weights.put(name, tensor.clone()));
            state.answers.forEach((name, tensor) -> weights.put(name, tensor.clone()));
            return new SequenceResult(
                    List.copyOf(state.results),
                    labels.subList(0, known),
                    weights,
                    List.copyOf(state.exemplars),
                    interrupted);
        }
    }

    private SequenceState begun(@Nullable Path directory) {
        Path file = directory == null ? null : directory.resolve(STATE);
        if (file != null && Files.exists(file)) {
            return SequenceState.read(file, settings());
        }
        String head = LinearHead.name(model, "grow");
        var body = new LinkedHashMap<>(start);
        body.keySet().removeIf(name -> name.startsWith(head + "."));
        return SequenceState.of(body);
    }

    private ObjectNode settings() {
        ObjectNode settings = Configs.JSON.createObjectNode();
        settings.set("grow", Configs.tree(config));
        ObjectNode training = Configs.tree(train);
        training.remove("checkpoint_every");
        settings.set("train", training);
        return (ObjectNode) Configs.JSON.readTree(settings.toString()); // as it is when it is read back
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be deleted: " + e.getMessage(), e);
        }
    }

    /** One task. */
    private final class Turn {
        private final SequenceState state;
        private final int[] places;
        private final List<String> labels;
        private final List<Integer> sizes;
        private final int task;
        private final int known;
        private final Seed seed;
        private final GrowConfig learn = config.learn();
        private final String head = LinearHead.name(model, "grow");

        Turn(SequenceState state, int[] places, List<String> labels, List<Integer> sizes, int task, int known) {
            this.state = state;
            this.places = places;
            this.labels = labels;
            this.sizes = sizes;
            this.task = task;
            this.known = known;
            this.seed = new Seed(train.seed()).child("task").child(task);
        }

        /** @return whether it was finished */
        boolean learn(@Nullable Path directory, GrowthStep.Following following) {
            int quota = learn.memory().of(labels.size());
            int[] own = rowsOf(learnt, known, labels.size());
            int[] kept = kept();
            HeldOut held = held(own, quota);
            RelabelledRows rows = rows(learnt, held.without(joined(own, kept)));
            RelabelledRows heldRows = held.rows().length == 0 ? null : rows(learnt, held.rows());
            Tensor teacher = teacher(rows);
            Params params = params();
            var step = new GrowthStep(learn, model.withClasses(labels.size()), params, known, task, settingsOfTask());
            GrowthStep.Result result =
                    step.run(rows, heldRows, teacher, directory == null ? null : training(directory, task), following);
            if (result.interrupted()) {
                return false;
            }
            params.weights().forEach((name, tensor) -> SequenceState.put(state.weights, name, tensor));
            LinearHead live = step.live();
            remember(step, rows(learnt, own), quota);
            HeadFeatures test = step.features(rows(judged, rowsOf(judged, 0, labels.size())));
            LinearHead means = means(step, live);
            LinearHead answering = live;
            if (learn.method() == GrowConfig.Way.ICARL && means != null) {
                answering = means;
                SequenceState.put(state.answers, head + ".weight", means.weight());
                Tensor bias = means.bias();
                if (bias != null) {
                    SequenceState.put(state.answers, head + ".bias", bias);
                }
            }
            state.results.add(new TaskResult(
                    task,
                    labels.subList(known, labels.size()),
                    known,
                    rows.size(),
                    learn.method().remembers() ? quota : 0,
                    state.stored(),
                    result.restricted(),
                    result.aligned() == null ? null : result.aligned().gamma(),
                    result.aligned() == null ? null : result.aligned().unclamped(),
                    result.aligned() == null ? null : result.aligned().oldNorm(),
                    result.aligned() == null ? null : result.aligned().newNorm(),
                    byTask(result.trained(), test),
                    byTask(answering, test),
                    means == null ? null : byTask(means, test),
                    topFive(answering, test),
                    counts(test)));
            return true;
        }

        private TrainConfig settingsOfTask() {
            ObjectNode tree = Configs.tree(train.withSeed(seed.value()));
            if (task == 0 && config.firstEpochs() != null) {
                tree.put("epochs", config.firstEpochs());
            }
            tree.put("keep_best", false); // nothing is held out to choose by
            return Configs.bind(tree, TrainConfig.class, "train");
        }

        /** The rows of classes at places [from, to). */
        private int[] rowsOf(LabelledDataset data, int from, int to) {
            return IntStream.range(0, data.size())
                    .filter(row -> places[data.label(row)] >= from && places[data.label(row)] < to)
                    .toArray();
        }

        private int[] kept() {
            return !learn.method().remembers()
                    ? new int[0]
                    : learn.method() == GrowConfig.Way.JOINT
                            ? rowsOf(learnt, 0, known)
                            : state.exemplars.stream()
                                    .flatMapToInt(IntStream::of)
                                    .toArray();
        }

        private HeldOut held(int[] own, int quota) {
            if (learn.method() != GrowConfig.Way.BIC || known == 0) {
                return HeldOut.NONE;
            }
            List<int[]> added = IntStream.range(known, labels.size())
                    .mapToObj(c -> IntStream.of(own)
                            .filter(row -> places[learnt.label(row)] == c)
                            .toArray())
                    .toList();
            return HeldOut.of(state.exemplars, added, quota, seed.child("held"));
        }

        private RelabelledRows rows(LabelledDataset data, int[] rows) {
            return new RelabelledRows(data, rows, places, labels);
        }

        /** What the model before makes of these rows; null at the first task. */
        private @Nullable Tensor teacher(RelabelledRows rows) {
            if (known == 0 || !learn.loss(known).method().distils()) {
                return null;
            }
            HeadFeatures features = GrowthStep.features(model.withClasses(known), Params.of(state.weights), rows);
            return head(state.weights).logits(features.values());
        }

        private LinearHead head(Map<String, Tensor> weights) {
            return new LinearHead(Objects.requireNonNull(weights.get(head + ".weight")), weights.get(head + ".bias"));
        }

        /** Copies of the weights, with a head that has grown. */
        private Params params() {
            var grown = model.withClasses(labels.size());
            long[] shape = Objects.requireNonNull(grown.shapes().get(head + ".weight"));
            boolean hasBias = grown.shapes().containsKey(head + ".bias");
            LinearHead fresh = GrownHead.fresh(
                    shape[0], shape[1], hasBias, seed.child("head").generator());
            LinearHead next = known == 0 ? fresh : GrownHead.of(head(state.weights), fresh, learn.redraws());
            var weights = new LinkedHashMap<String, Tensor>();
            var buffers = grown.modules().buffers();
            grown.shapes().forEach((name, unused) -> {
                if (!name.startsWith(head + ".")) {
                    weights.put(
                            name,
                            Objects.requireNonNull(state.weights.get(name), name)
                                    .clone()
                                    .requires_grad_(!buffers.contains(name)));
                }
            });
            weights.put(head + ".weight", next.weight().requires_grad_(true));
            if (next.bias() != null) {
                weights.put(head + ".bias", next.bias().requires_grad_(learn.trainsBias()));
            }
            return Params.of(weights);
        }

        /** Old classes keep a beginning of what they have; new ones are picked from. */
        private void remember(GrowthStep step, RelabelledRows own, int quota) {
            state.exemplars.replaceAll(rows -> Arrays.copyOf(rows, Math.min(rows.length, quota)));
            if (!learn.method().remembers()) {
                IntStream.range(known, labels.size()).forEach(c -> state.exemplars.add(new int[0]));
                return;
            }
            List<Integer> added = IntStream.range(known, labels.size()).boxed().toList();
            ExemplarPicks.of(step.features(own), added, quota, learn.herding(), seed.child("herding"))
                    .forEach(picks -> state.exemplars.add(
                            IntStream.of(picks).map(place -> own.rows()[place]).toArray()));
        }

        /** The head of nearest class means, of all classes anew since the backbone has moved; null where none are kept. */
        private @Nullable LinearHead means(GrowthStep step, LinearHead like) {
            if (state.exemplars.stream().anyMatch(rows -> rows.length == 0)) {
                return null;
            }
            var byClass = new LinkedHashMap<Integer, Tensor>();
            for (int c = 0; c < state.exemplars.size(); c++) {
                byClass.put(
                        c, step.features(rows(learnt, state.exemplars.get(c))).values());
            }
            return GrowthStep.nearestMean(byClass, like);
        }

        private List<Double> byTask(LinearHead answers, HeadFeatures test) {
            Tensor right = answers.logits(test.values())
                    .argmax(new LongOptional(1), false)
                    .eq(test.labels());
            long[] found = Tensors.toLongs(right);
            long[] labelsOfRows = Tensors.toLongs(test.labels());
            double[] sums = new double[task + 1];
            List<Integer> rows = counts(test);
            for (int row = 0; row < found.length; row++) {
                sums[taskOf(labelsOfRows[row])] += found[row];
            }
            return IntStream.rangeClosed(0, task)
                    .mapToObj(j -> rows.get(j) == 0 ? 0.0 : sums[j] / rows.get(j))
                    .toList();
        }

        private List<Integer> counts(HeadFeatures test) {
            int[] counts = new int[task + 1];
            for (long label : Tensors.toLongs(test.labels())) {
                counts[taskOf(label)]++;
            }
            return IntStream.of(counts).boxed().toList();
        }

        private int taskOf(long label) {
            int upTo = 0;
            for (int j = 0; ; j++) {
                upTo += sizes.get(j);
                if (label < upTo) {
                    return j;
                }
            }
        }

        private double topFive(LinearHead answers, HeadFeatures test) {
            Tensor logits = answers.logits(test.values());
            Tensor best = logits.topk(Math.min(TOP, logits.size(1))).get1();
            return best.eq(test.labels().unsqueeze(1)).sum().item_double()
                    / test.labels().size(0);
        }
    }

    private static int[] joined(int[] some, int[] more) {
        return IntStream.concat(IntStream.of(some), IntStream.of(more)).toArray();
    }
}
