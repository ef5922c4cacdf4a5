package org.counterweight.edit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.codebook.Maintenance;
import org.counterweight.edit.codebook.Wanted;
import org.counterweight.edit.index.KeyIndex;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.state.TrainingException;

/**
 * Makes edits, one after the other. An edit is a function: it takes a codebook and gives another, and whoever serves the old
 * one goes on undisturbed. The model's weights get no gradient and never change.
 *
 * <p>T. Hartvigsen et al., "Aging with GRACE: Lifelong Model Editing with Discrete Key-Value Adaptors", NeurIPS 2023,
 * sections 3.1 and 3.2: maintenance once, then {@link GraceConfig#nIter} steps of a fresh Adam on the value of the entry that
 * serves the edit. What lies below the wrapped layer is the same in every step, and is computed once.
 *
 * <p>Edits are for one thread at a time.
 */
public final class Editor {
    private static final Adam ADAM = new Adam(0.9, 0.999, 1e-8, false);

    private final Model model;
    private final Params params;
    private final GraceConfig config;
    private final EditTask task;
    private final EditPoint point;
    private final FreshValue fresh;
    private volatile KeyIndex index;

    /** The value that a fresh entry has before it is trained. */
    @FunctionalInterface
    public interface FreshValue {
        /**
         * @param edit how many edits were made before
         * @param output what the layer gave at the key token, {@code [v]}
         */
        double[] of(int edit, double[] output);
    }

    /**
     * @param params the model as it is served, without the codebook; nothing in it requires a gradient
     * @throws ConfigException if the model has no such layer, or none that the task can ask by
     */
    public Editor(Model model, Params params, GraceConfig config, EditTask task) {
        this(model, params, config, task, (edit, output) -> fresh(config, edit, output));
    }

    /** With fresh values of one's own. */
    public Editor(Model model, Params params, GraceConfig config, EditTask task, FreshValue fresh) {
        this.model = model;
        this.params = params;
        this.config = config;
        this.task = task;
        this.point = EditPoint.of(model, config.layer());
        task.check(point);
        this.fresh = fresh;
        this.index = KeyIndex.of(Codebook.empty(config.distFn()));
        if (params.trainables().values().stream().anyMatch(Tensor::requires_grad)) {
            throw new IllegalArgumentException("an edited model is frozen, but some of these require a gradient: "
                    + params.trainables().keySet());
        }
    }

    private static double[] fresh(GraceConfig config, int edit, double[] output) {
        if (config.valInit() == ValueStart.WARM) {
            return output;
        }
        try (var scope = Scope.open()) {
            var random = new Seed(config.seed()).child(edit).generator();
            Tensor drawn = torch.zeros(new long[] {output.length}, Tensors.options(ScalarType.Float))
                    .uniform_(0, 1, Tensors.optional(random));
            return Tensors.toDoubles(drawn);
        }
    }

    /** The wrapped layer. */
    public EditPoint point() {
        return point;
    }

    /** The model's parameters with a codebook in effect. Any thread may ask. */
    public Params edited(Codebook book) {
        return tapped(point.name(), new GraceTap(index(book), config, null, null));
    }

    /** The same, telling of every look-up. */
    public Params edited(Codebook book, GraceTap.Served served) {
        return edited(index(book), served);
    }

    /** The same by an index that is kept beside the codebook, as whoever serves one while another is edited does. */
    public Params edited(KeyIndex known, GraceTap.Served served) {
        return tapped(point.name(), new GraceTap(known, config, null, served));
    }

    /** Behind what the model has at that point already. */
    private Params tapped(String at, Tap tap) {
        Tap first = params.taps().get(at);
        return params.tapped(Map.of(at, first == null ? tap : new Then(first, tap)));
    }

    /** The index of a codebook; what is known of the one before it is used again. */
    public KeyIndex index(Codebook book) {
        KeyIndex known = index;
        if (known.book() != book) {
            known = known.after(book);
            index = known;
        }
        return known;
    }

    /** What enters the wrapped layer at the key token of each row, and what comes out there. */
    public Activations activations(Batch batch) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                var seen = new Seen()) {
            model.forward(tapped(point.name(), seen), batch, Pass.evaluation());
            return at(seen, batch);
        }
    }

    /**
     * Vectors at the wrapped layer.
     *
     * @param queries what the codebook is asked, one a row, {@code [p]}
     * @param outputs one a row, {@code [v]}
     */
    public record Activations(double[][] queries, double[][] outputs) {}

    private Activations at(Seen seen, Batch batch) {
        Queries.checkShapes(point.name(), seen.in(), seen.out());
        Queries asked = Queries.of(config.keyToken(), seen.in(), batch);
        return new Activations(asked.rows(), asked.outputs(seen.out()));
    }

    /** Whether the model gives the wanted answer. */
    public boolean isRight(Codebook book, EditRequest request) {
        return task.isRight(model, edited(book), request.row(), Pass.evaluation());
    }

    /**
     * Makes one edit.
     *
     * @param force whether a model that is right already is edited all the same
     * @param now in milliseconds since 1970, for the entry
     * @throws ConfigException if the layer's activation is not finite, or the label has no token
     * @throws TrainingException if the value's loss is not finite; the codebook is as it was
     */
    public EditResult edit(History.State before, EditRequest request, boolean force, long now) {
        Codebook book = before.book();
        if (!force && isRight(book, request)) {
            return new EditResult(before, null, -1, new double[0], true, true);
        }
        try (var scope = Scope.open();
                var seen = new Seen();
                var below = new Seen()) {
            Pass pass = look(request.row(), seen, below);
            Activations here = at(seen, request.row());
            double[] query = here.queries()[0];
            requireFinite(query, request);
            double[] value = fresh.of(before.history().edits(), here.outputs()[0]);
            Maintenance.Step step =
                    config.maintenance().apply(book, new Wanted(query, request.label(), value, request.source(), now));
            Trained trained = train(index(step.after()), step.place(), request, pass);
            Codebook after = step.after().changing(step.place(), entry -> entry.withValue(trained.value()));
            return new EditResult(
                    before.history().edited(step, book, after),
                    step.action(),
                    after.entries().get(step.place()).id(),
                    trained.losses(),
                    trained.reached(),
                    task.isRight(model, edited(after), request.row(), pass));
        }
    }

    /**
     * One pass through the model as it is, which shows what is at the wrapped layer and at the one below.
     *
     * @return the pass that the others of the edit are: it goes on above the layer below
     */
    private Pass look(Batch row, Seen seen, Seen below) {
        try (var off = Tensors.noGrad()) {
            Params watched = tapped(point.name(), seen);
            String lower = point.below();
            if (lower == null) {
                model.forward(watched, row, Pass.evaluation());
                return Pass.evaluation();
            }
            Tap first = params.taps().get(lower);
            model.forward(
                    watched.tapped(Map.of(lower, first == null ? below : new Then(first, below))),
                    row,
                    Pass.evaluation());
            return Pass.evaluation().resuming(lower, below.out());
        }
    }

    private void requireFinite(double[] query, EditRequest request) {
        if (!Arrays.stream(query).allMatch(Double::isFinite)) {
            throw new ConfigException(request.name() + ": what enters " + point.name()
                    + " is not finite for this input; nothing was stored. The model's weights are damaged");
        }
    }

    /**
     * @param losses before each step that was taken
     * @param reached whether any of them had a gradient
     */
    private record Trained(double[] value, double[] losses, boolean reached) {}

    /** Trains the value of one entry. */
    private Trained train(KeyIndex edited, int place, EditRequest request, Pass pass) {
        Tensor value = Tensors.doubles(edited.book().entries().get(place).value())
                .to(params.device(), wide())
                .requires_grad_(true);
        Params training = tapped(point.name(), new GraceTap(edited, config, new GraceTap.Trained(place, value), null));
        double[] losses = new double[config.nIter()];
        int steps = 0;
        boolean reached = false;
        try (Optimizer adam = Optimizer.of(ADAM, Map.of("value", value), config.editLr(), 0)) {
            while (steps < losses.length && !(steps > 0 && isEnough(losses[steps - 1], training, request, pass))) {
                try (var scope = Scope.open()) {
                    losses[steps++] = backward(training, request, pass);
                    Tensor gradient = value.grad();
                    reached |= gradient.defined() && gradient.any().item_bool();
                    adam.step(1);
                    Gradients.clear(List.of(value));
                }
            }
        }
        return new Trained(Tensors.toDoubles(value), Arrays.copyOf(losses, steps), reached);
    }

    /** Values are trained in float32, or in float64 where the model has it. */
    private ScalarType wide() {
        boolean isDouble = params.weights().values().stream()
                .anyMatch(weight -> weight.scalar_type().intern() == ScalarType.Double);
        return isDouble ? ScalarType.Double : ScalarType.Float;
    }

    private boolean isEnough(double loss, Params edited, EditRequest request, Pass pass) {
        return loss < config.earlyStopLoss()
                || (config.stopWhenRight() && task.isRight(model, edited, request.row(), pass));
    }

    /** The loss, whose gradient the value has then, if it has any part in it. */
    private double backward(Params edited, EditRequest request, Pass pass) {
        Objective.Losses losses = task.objective().losses(model, edited, request.row(), pass);
        if (losses.units().sum().item_long() == 0) {
            throw new ConfigException(
                    request.name() + ": no token of the label is left to learn; is it empty, or cut off?");
        }
        Tensor loss = losses.perRow().mean();
        double before = loss.item_double();
        if (!Double.isFinite(before)) {
            throw new TrainingException(request.name() + ": the loss became " + before
                    + " while the value was trained; nothing was stored. A smaller edit_lr may help");
        }
        if (loss.requires_grad()) {
            loss.backward();
        }
        return before;
    }
}
