package org.counterweight.adapt;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Parametrization;
import org.counterweight.train.Task;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;

/**
 * The settings of an adapter: which modules it targets, and how one is made for a weight. Each method's record implements
 * this, and that is all a trainer or a file format needs to know of it.
 */
public non-sealed interface AdapterConfig extends AdapterSettings, RunPart {
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
