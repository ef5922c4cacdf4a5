package org.counterweight.incremental.sequence;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Seed;
import org.counterweight.incremental.GrownHead;
import org.counterweight.incremental.run.ExemplarPicks;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.incremental.run.HeldOut;
import org.counterweight.incremental.run.StepRows;
import org.counterweight.incremental.run.Teacher;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.HeadFeatures;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One task of a {@link TaskSequence}: its classes are learnt, and rows of them kept. */
final class SequenceTask {
    private final TaskSequence whole;
    private final SequenceState state;
    private final int[] places;
    private final List<String> labels;
    private final List<Integer> sizes;
    private final int task;
    private final int known;
    private final Seed seed;
    private final GrowConfig learn;
    private final String head;

    /**
     * @param state after the task before; changed when this one is learnt
     * @param places the number in the sequence of each class of the data
     * @param labels of all classes up to this task
     * @param sizes how many classes each task brings
     * @param task counted from 0
     */
    SequenceTask(
            TaskSequence whole, SequenceState state, int[] places, List<String> labels, List<Integer> sizes, int task) {
        this.whole = whole;
        this.state = state;
        this.places = places;
        this.labels = labels;
        this.sizes = sizes;
        this.task = task;
        this.known = state.classes();
        this.seed = new Seed(whole.train().seed()).child("task").child(task);
        this.learn = whole.config().learn();
        this.head = LinearHead.name(whole.model(), "grow");
    }

    /**
     * @param checkpoint where the training is kept; null for nowhere
     * @return whether it was finished
     */
    boolean learn(@Nullable Path checkpoint, GrowthStep.Following following) {
        int quota = learn.memory().of(labels.size());
        int[] own = rowsOf(whole.learnt(), known, labels.size());
        int[] kept = kept();
        HeldOut held = held(own, quota);
        RelabelledRows rows = rows(
                whole.learnt(),
                held.without(
                        IntStream.concat(IntStream.of(own), IntStream.of(kept)).toArray()));
        var stepRows = new StepRows(
                rows,
                held.rows().length == 0 ? null : rows(whole.learnt(), held.rows()),
                teacher(rows),
                whole.seen(seed.child("augment")));
        Params params = params();
        var step = new GrowthStep(learn, whole.model().withClasses(labels.size()), params, known, task, settings());
        GrowthStep.Result result = step.run(stepRows, checkpoint, following);
        if (result.interrupted()) {
            return false;
        }
        params.weights().forEach((name, tensor) -> SequenceState.put(state.weights, name, tensor));
        remember(step, rows(whole.learnt(), own), quota, following.remarks());
        tell(step, result, rows.size(), quota);
        return true;
    }

    private void tell(GrowthStep step, GrowthStep.Result result, int rows, int quota) {
        LinearHead live = step.live();
        LinearHead means = means(step, live);
        LinearHead answering = live;
        if (learn.method() == GrowConfig.Method.ICARL && means != null) {
            answering = means;
            SequenceState.put(state.answers, head + ".weight", means.weight());
            Tensor bias = means.bias();
            if (bias != null) {
                SequenceState.put(state.answers, head + ".bias", bias);
            }
        }
        HeadFeatures test = step.features(rows(whole.judged(), rowsOf(whole.judged(), 0, labels.size())));
        var accuracy = new TaskAccuracy(sizes.subList(0, task + 1), test);
        var aligned = result.aligned();
        state.results.add(new TaskResult(
                task,
                labels.subList(known, labels.size()),
                known,
                rows,
                learn.method().remembers() ? quota : 0,
                state.stored(),
                result.restricted(),
                aligned == null ? null : aligned.gamma(),
                aligned == null ? null : aligned.unclamped(),
                aligned == null ? null : aligned.oldNorm(),
                aligned == null ? null : aligned.newNorm(),
                accuracy.of(result.trained()),
                accuracy.of(answering),
                means == null ? null : accuracy.of(means),
                accuracy.topFive(answering),
                accuracy.rows()));
    }

    private TrainConfig settings() {
        ObjectNode tree = Configs.tree(whole.train().withSeed(seed.value()));
        Integer first = whole.config().firstEpochs();
        if (task == 0 && first != null) {
            tree.put("epochs", first);
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
                : learn.method() == GrowConfig.Method.JOINT
                        ? rowsOf(whole.learnt(), 0, known)
                        : state.exemplars.stream().flatMapToInt(IntStream::of).toArray();
    }

    private HeldOut held(int[] own, int quota) {
        if (learn.method() != GrowConfig.Method.BIC || known == 0) {
            return HeldOut.NONE;
        }
        List<int[]> added = IntStream.range(known, labels.size())
                .mapToObj(c -> IntStream.of(own)
                        .filter(row -> places[whole.learnt().label(row)] == c)
                        .toArray())
                .toList();
        return HeldOut.of(state.exemplars, added, quota, seed.child("held"));
    }

    private RelabelledRows rows(LabelledDataset data, int[] rows) {
        return new RelabelledRows(data, rows, places, labels);
    }

    /** The model before, asked once where rows do not change from epoch to epoch; null at the first task. */
    private @Nullable Teacher teacher(RelabelledRows rows) {
        if (known == 0 || !learn.loss(known).method().distils()) {
            return null;
        }
        var before = whole.model().withClasses(known);
        if (!whole.augment().isEmpty()) {
            return Teacher.asking(before, Params.of(state.weights));
        }
        HeadFeatures features = GrowthStep.features(before, Params.of(state.weights), rows);
        return Teacher.remembering(head(state.weights).logits(features.values()));
    }

    private LinearHead head(Map<String, Tensor> weights) {
        return new LinearHead(Objects.requireNonNull(weights.get(head + ".weight")), weights.get(head + ".bias"));
    }

    /** Copies of the weights, with a head that has grown. */
    private Params params() {
        var grown = whole.model().withClasses(labels.size());
        long[] shape = Objects.requireNonNull(grown.shapes().get(head + ".weight"));
        boolean hasBias = grown.shapes().containsKey(head + ".bias");
        LinearHead fresh =
                GrownHead.fresh(shape[0], shape[1], hasBias, seed.child("head").generator());
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
    private void remember(GrowthStep step, RelabelledRows own, int quota, Consumer<String> remarks) {
        state.exemplars.replaceAll(rows -> Arrays.copyOf(rows, Math.min(rows.length, quota)));
        if (!learn.method().remembers()) {
            IntStream.range(known, labels.size()).forEach(c -> state.exemplars.add(new int[0]));
            return;
        }
        List<Integer> added = IntStream.range(known, labels.size()).boxed().toList();
        List<int[]> picked = ExemplarPicks.of(step.features(own), added, quota, learn.herding(), seed.child("herding"));
        ExemplarPicks.tellShort(picked, quota, remarks);
        picked.forEach(picks -> state.exemplars.add(
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
                    c,
                    step.features(rows(whole.learnt(), state.exemplars.get(c))).values());
        }
        return GrowthStep.nearestMean(byClass, like);
    }
}
