package org.counterweight.adapt;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Transposed;
import org.counterweight.train.Task;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;

/**
 * The settings of an adapter of single weights: which modules it targets, and how one is made for a weight. Each method's
 * record implements this, and that is all a trainer or a file format needs to know of it; how it is put on a model stands here
 * once.
 */
public interface AdapterConfig extends Attachment, RunPart {
    /** Names, or dotted endings of names, of the modules to adapt; or the one entry {@code all-linear}. */
    List<String> targets();

    /**
     * A fresh adapter for one weight.
     *
     * @param module the module's full name, for messages
     * @param base the frozen weight, {@code [out, in]}
     * @throws org.counterweight.config.ConfigException if the settings do not fit the shape
     */
    Parametrization create(String module, Tensor base, Generator random);

    /**
     * The adapter that {@link Parametrization#tensors} were saved from, ready to be trained on.
     *
     * @param module the module's full name, for messages
     * @param base the frozen weight, {@code [out, in]}
     * @param tensors by the names that the adapter gives them; used as they are, not copied
     * @throws org.counterweight.weights.WeightsException if one is missing, of another shape, not finite, or unknown
     */
    Parametrization restore(String module, Tensor base, Map<String, Tensor> tensors);

    /** Whether what is made only adds a low-rank product to the base, so that a plain LoRA holds it too. */
    default boolean fitsLora() {
        return false;
    }

    /**
     * Refuses a weight that the settings do not fit, as {@link #create} would, by its shape alone.
     *
     * @param module the module's full name
     * @param out its output width
     * @param in its input width
     * @throws org.counterweight.config.ConfigException with the module and what would fit
     */
    default void checkShape(String module, long out, long in) {}

    /**
     * Refuses a run that is too short for the method.
     *
     * @param steps of the whole run
     * @throws org.counterweight.config.ConfigException with the least number
     */
    default void checkSteps(long steps) {}

    /**
     * What this method adds to a run: a penalty, a turn between backward and step.
     *
     * @param task whose parameters hold the adapters
     * @param peakRate the learning rate before any schedule
     * @param steps of the whole run
     */
    default Task training(Task task, double peakRate, long steps) {
        return task;
    }

    @Override
    default List<String> check(Model model, List<String> trainedWhole) {
        List<String> modules =
                Targets.each(model, targets(), trainedWhole, Targets.FIELD).modules();
        Map<String, long[]> shapes = model.shapes();
        for (String module : modules) {
            long[] shape = Objects.requireNonNull(shapes.get(module + ".weight"));
            boolean transposed = model.modules().isTransposed(module);
            checkShape(module, shape[transposed ? 1 : 0], shape[transposed ? 0 : 1]);
        }
        return modules;
    }

    /** A fresh adapter at each targeted module, but those that are trained whole. */
    @Override
    default Params attach(Model model, Params params, Generator random) {
        List<String> whole = params.weights().entrySet().stream()
                .filter(entry ->
                        entry.getValue().requires_grad() && entry.getKey().endsWith(".weight"))
                .map(entry -> Targets.module(entry.getKey()))
                .toList();
        Targets targets = Targets.each(model, targets(), whole, Targets.FIELD);
        return parametrized(model, params, targets, (module, base) -> create(module, base, random));
    }

    @Override
    default Params restore(Model model, Params params, Map<String, Tensor> saved) {
        SavedParams parts = SavedParams.of(params, saved);
        var rules = new TargetRules(ModuleNames.list(targets()), null, parts.modules(), List.of(), List.of());
        Targets targets = Targets.of(model, rules, Targets.FIELD);
        Params restored =
                parametrized(model, params, targets, (module, base) -> restore(module, base, parts.take(module)));
        parts.done();
        return restored.replacing(parts.own());
    }

    private static Params parametrized(
            Model model, Params params, Targets targets, BiFunction<String, Tensor, Parametrization> maker) {
        var byWeight = new LinkedHashMap<String, Parametrization>();
        for (String module : targets.modules()) {
            Tensor weight = Objects.requireNonNull(params.weights().get(module + ".weight"));
            boolean transposed = model.modules().isTransposed(module);
            Parametrization made = maker.apply(module, transposed ? weight.t() : weight);
            byWeight.put(module + ".weight", transposed ? new Transposed(made) : made);
        }
        return params.parametrized(byWeight);
    }

    @Override
    default Run join(Run run) {
        return run.with(training(run.task(), run.config().lr(), run.steps()));
    }

    @Override
    default void check(Plan plan) {
        Long steps = plan.config().maxSteps();
        if (steps != null) {
            checkSteps(steps);
        }
    }

    @Override
    default void check(Run run) {
        checkSteps(run.steps());
    }
}
