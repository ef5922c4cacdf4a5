package org.counterweight.edit.baseline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditTask;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.baseline.Ewc;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * A baseline at work: some tensors are trained on each edit until the answer is right, with an optimizer of its own.
 *
 * <p>T. Hartvigsen et al., NeurIPS 2023, section 4.1, with the settings of the official code.
 *
 * <p>For one thread at a time; its tensors live until it is closed.
 */
public final class Tuning implements AutoCloseable {
    private static final Adam ADAM = new Adam(0.9, 0.999, 1e-8, false);
    private static final String TRAINED = "trained.";
    private static final String GRADIENT = "gradient.";

    private final BaselineConfig config;
    private final Model model;
    private final EditTask task;
    private final Trained trained;
    private final List<EditRequest> corrected = new ArrayList<>();
    private final List<Map<String, Tensor>> gradients = new ArrayList<>();

    /**
     * @param params the model as it is before the first edit; nothing in it requires a gradient
     * @param seed where first values come from
     * @throws org.counterweight.config.ConfigException if the model has no such layer
     */
    public Tuning(BaselineConfig config, Model model, Params params, EditTask task, Seed seed) {
        this.config = config;
        this.model = model;
        this.task = task;
        this.trained = Trained.of(config, model, params, task, seed);
    }

    /** The model as it stands. */
    public Params params() {
        return trained.serving();
    }

    /**
     * Corrects one answer.
     *
     * @return the loss before each step
     * @throws TrainingException if a loss is not finite; what was trained on earlier edits is then lost
     */
    public double[] correct(EditRequest request) {
        trained.begin(request);
        var losses = new ArrayList<Double>();
        try (var scope = Scope.open()) {
            Ewc spring = config.method() == Baseline.FT_EWC && !gradients.isEmpty() ? spring() : null;
            try (Optimizer adam = optimizer()) {
                while (losses.size() < config.nIter() && (losses.isEmpty() || !isRight(request))) {
                    losses.add(step(request, spring, adam));
                }
            }
            corrected.add(request);
            if (config.method() == Baseline.FT_EWC) {
                remember(request);
            }
            if (config.method() == Baseline.FT_RETRAIN && corrected.size() % config.retrainEvery() == 0) {
                retrain();
            }
        }
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private boolean isRight(EditRequest request) {
        return task.isRight(model, trained.serving(), request.row(), Pass.evaluation());
    }

    private Optimizer optimizer() {
        return Optimizer.of(ADAM, trained.leaves(), config.rate(), 0);
    }

    private Tensor loss(EditRequest request) {
        return task.objective()
                .losses(model, trained.training(), request.row(), Pass.evaluation())
                .perRow()
                .mean();
    }

    private double step(EditRequest request, @Nullable Ewc spring, Optimizer adam) {
        try (var scope = Scope.open()) {
            Tensor loss = loss(request);
            double before = loss.item_double();
            if (!Double.isFinite(before)) {
                throw new TrainingException(request.name() + ": the loss became " + before + " while " + config.method()
                        + " was trained. A smaller edit_lr may help");
            }
            if (spring != null) {
                loss = loss.add(spring.penalty(trained.leaves()).to(loss.scalar_type()));
            }
            loss.backward();
            adam.step(1);
            Gradients.clear(trained.leaves().values());
            return before;
        }
    }

    /** A spring to the weights before the edit, as stiff as they mattered to the newest. */
    private Ewc spring() {
        var before = new LinkedHashMap<String, Tensor>();
        var fisher = new LinkedHashMap<String, Tensor>();
        trained.leaves().forEach((name, tensor) -> {
            before.put(name, tensor.detach().clone());
            fisher.put(
                    name,
                    RecentFisher.of(
                            gradients.stream()
                                    .map(of -> Objects.requireNonNull(of.get(name)))
                                    .toList(),
                            config.fisherMemory()));
        });
        return new Ewc(config.ewcLambda(), before, fisher);
    }

    private void remember(EditRequest request) {
        Map<String, Tensor> leaves = trained.leaves();
        Tensor[] found = Tensors.gradients(loss(request), false, leaves.values().toArray(Tensor[]::new));
        var named = new LinkedHashMap<String, Tensor>();
        int i = 0;
        for (String name : leaves.keySet()) {
            named.put(name, Scope.own(found[i++]));
        }
        gradients.add(0, named);
        if (gradients.size() > config.fisherMemory()) {
            gradients.remove(config.fisherMemory()).values().forEach(Tensor::close);
        }
    }

    private void retrain() {
        try (Optimizer adam = optimizer()) {
            for (int pass = 0; pass < config.retrainPasses(); pass++) {
                for (EditRequest request : corrected) {
                    step(request, null, adam);
                }
            }
        }
    }

    /** All that is needed to go on from here, with the requests that were corrected: tensors by name, of the weights' shapes. */
    public Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>();
        trained.leaves().forEach((name, tensor) -> all.put(TRAINED + name, tensor.detach()));
        for (int i = 0; i < gradients.size(); i++) {
            int age = i;
            gradients.get(i).forEach((name, tensor) -> all.put(GRADIENT + age + "." + name, tensor));
        }
        return all;
    }

    /**
     * Goes on from there, where nothing was corrected yet.
     *
     * @param requests those that were corrected, in order
     * @param tensors what {@link #tensors} gave
     */
    public void restore(List<EditRequest> requests, Map<String, Tensor> tensors) {
        if (requests.isEmpty()) {
            return;
        }
        trained.begin(requests.get(0));
        corrected.addAll(requests);
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            trained.leaves().forEach((name, leaf) -> leaf.copy_(found(tensors, TRAINED + name)));
            for (int age = 0; tensors.containsKey(GRADIENT + age + "." + firstLeaf()); age++) {
                var named = new LinkedHashMap<String, Tensor>();
                for (String name : trained.leaves().keySet()) {
                    named.put(
                            name,
                            Scope.own(
                                    found(tensors, GRADIENT + age + "." + name).clone()));
                }
                gradients.add(named);
            }
        }
    }

    private String firstLeaf() {
        return trained.leaves().keySet().iterator().next();
    }

    private static Tensor found(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no " + name + " to go on from");
        }
        return tensor;
    }

    @Override
    public void close() {
        trained.close();
        gradients.forEach(of -> of.values().forEach(Tensor::close));
    }
}
