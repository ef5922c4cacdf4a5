package org.counterweight.fewgen.classify;

import static org.counterweight.engine.Tensors.softmax;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * A classifier that learns by AdamW, whose rate rises and then falls to 0 along straight lines; the weights that did best on
 * held-out rows are kept, of two that did as well the later.
 *
 * <p>Not thread-safe. It owns its weights and what its optimizer remembers: {@link #close} frees them.
 */
public final class Learner implements Remembering, AutoCloseable {
    private static final int ROWS = 64;

    private final Model model;
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Map<String, Tensor> best = new LinkedHashMap<>();
    private final Schedule schedule;
    private final Seed seed;
    private final Optimizer optimizer;
    private long taken;
    private double bestFigure = Double.NEGATIVE_INFINITY;

    /**
     * How far, and how fast.
     *
     * @param lr the highest rate, above 0
     * @param steps in all, at least 1
     * @param warmUp share of the steps over which the rate rises, in [0, 1)
     * @param clip the most that the norm of all gradients may be, above 0
     */
    public record Schedule(double lr, long steps, double warmUp, double clip) {
        /** The factor on the rate at a step, counted from 0. */
        double factor(long step) {
            double rising = Math.floor(warmUp * steps);
            return step < rising ? step / rising : Math.max(0, (steps - step) / Math.max(1, steps - rising));
        }
    }

    /**
     * A model that learns all of its weights by AdamW.
     *
     * @param start weights of the model, by name, of which copies are trained
     * @param seed of dropout
     */
    public Learner(Model model, Map<String, Tensor> start, Schedule schedule, Seed seed) {
        this.model = model;
        this.schedule = schedule;
        this.seed = seed;
        try (var scope = Scope.open()) {
            start.forEach((name, tensor) -> {
                weights.put(name, Scope.own(tensor.detach().clone().requires_grad_(tensor.is_floating_point())));
                best.put(name, Scope.own(tensor.detach().clone()));
            });
        }
        var trained = new LinkedHashMap<>(weights);
        trained.values().removeIf(tensor -> !tensor.requires_grad());
        optimizer = Optimizer.of(new Adam(0.9, 0.999, 1e-8, true), trained, schedule.lr(), 0);
    }

    /** Steps taken. */
    public long taken() {
        return taken;
    }

    /** Steps in all. */
    public long steps() {
        return schedule.steps();
    }

    /**
     * One step.
     *
     * @param before what it believed of these rows, {@code [rows, classes]}; null for cross entropy alone
     * @return the loss
     */
    double step(ConsistencyLoss loss, Batch batch, @Nullable Tensor before) {
        try (var scope = Scope.open()) {
            Pass pass = Pass.training(seed.child(taken).generator());
            Tensor logits = model.forward(Params.of(weights), batch, pass).logits();
            Tensor held = before == null ? softmax(logits.detach(), -1) : before;
            Tensor all = loss.of(logits, batch.labels(), held).all();
            double value = all.item_double();
            if (!Double.isFinite(value)) {
                throw new TrainingException("step " + (taken + 1) + ": the classifier's loss is not finite; a lower"
                        + " learning rate may help; rows "
                        + Arrays.toString(Tensors.toLongs(batch.get(Batch.ROW))));
            }
            all.backward();
            Gradients.clip(weights.values(), schedule.clip());
            optimizer.step(schedule.factor(taken));
            Gradients.clear(weights.values());
            taken++;
            return value;
        }
    }

    /** What it says of every row, {@code [rows, classes]}, without dropout. */
    public Tensor probabilities(Dataset rows) {
        return probabilities(model, weights, rows);
    }

    /**
     * The same of any weights, {@code [rows, classes]}; belongs to the open scope.
     *
     * @param weights by name, of the shapes that the model has
     */
    public static Tensor probabilities(Model model, Map<String, Tensor> weights, Dataset rows) {
        Params params = Params.of(weights);
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor all = null;
            for (int[] numbers : Batching.of(ROWS).byLength(rows)) {
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    Tensor said = softmax(
                            model.forward(params, batch, Pass.evaluation())
                                    .logits()
                                    .to(ScalarType.Float),
                            -1);
                    if (all == null) {
                        all = inner.keep(said.new_zeros(rows.size(), said.size(1)));
                    }
                    all.index_copy_(0, batch.get(Batch.ROW), said);
                }
            }
            return scope.keep(Objects.requireNonNull(all, "there are no rows"));
        }
    }

    /** The share of rows whose likeliest class is theirs, in [0, 1]. */
    public static double accuracy(Model model, Map<String, Tensor> weights, LabelledDataset rows) {
        try (var scope = Scope.open()) {
            long[] told = Tensors.toLongs(probabilities(model, weights, rows).argmax(new LongOptional(1), false));
            int right = 0;
            for (int row = 0; row < told.length; row++) {
                right += told[row] == rows.label(row) ? 1 : 0;
            }
            return (double) right / told.length;
        }
    }

    double accuracy(LabelledDataset rows) {
        return accuracy(model, weights, rows);
    }

    /** It did so well: its weights are kept if none before did better. */
    void judge(double figure) {
        if (figure < bestFigure) {
            return;
        }
        bestFigure = figure;
        try (var off = Tensors.noGrad()) {
            best.forEach((name, tensor) -> tensor.copy_(Objects.requireNonNull(weights.get(name))));
        }
    }

    /** The best weights so far; they belong to this. */
    public Map<String, Tensor> best() {
        return Map.copyOf(best);
    }

    /** How well they did, in the units of what was told of them; −∞ before it was judged. */
    public double bestFigure() {
        return bestFigure;
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, tensor) -> state.put("weights/" + name, tensor.detach()));
        best.forEach((name, tensor) -> state.put("best/" + name, tensor));
        optimizer.state().forEach((name, tensor) -> state.put("optimizer/" + name, tensor));
        state.put("taken", Tensors.longs(new long[] {taken}));
        state.put("figure", Tensors.doubles(new double[] {bestFigure}));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var off = Tensors.noGrad()) {
            weights.forEach((name, tensor) -> tensor.copy_(Remembering.required(state, "weights/" + name)));
            best.forEach((name, tensor) -> tensor.copy_(Remembering.required(state, "best/" + name)));
        }
        optimizer.restore(Checkpoint.of(state, "optimizer"));
        taken = Tensors.toLongs(Remembering.required(state, "taken"))[0];
        bestFigure = Tensors.toDoubles(Remembering.required(state, "figure"))[0];
    }

    @Override
    public void close() {
        optimizer.close();
        weights.values().forEach(Tensor::close);
        best.values().forEach(Tensor::close);
    }
}
