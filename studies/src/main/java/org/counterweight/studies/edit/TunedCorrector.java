package org.counterweight.studies.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.edit.baseline.RecentFisher;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.baseline.Ewc;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.jspecify.annotations.Nullable;

/**
 * Some tensors are trained on each edit until the answer is right: FT, FT+EWC and FT+Retrain on the wrapped weight, Defer and
 * Memory on their own tensors. Each edit has an optimizer of its own.
 */
final class TunedCorrector implements Corrector {
    private static final Adam ADAM = new Adam(0.9, 0.999, 1e-8, false);
    private static final int FISHER = 10;
    private static final double SPRING = 0.1;
    private static final int RETRAIN = 50;
    private static final int PASSES = 5;

    private final Model model;
    private final Params training;
    private final Params serving;
    private final double rate;
    private final int steps;
    private final Kind kind;
    private final List<Tensor> images = new ArrayList<>();
    private final List<Tensor> labels = new ArrayList<>();
    private final List<Map<String, Tensor>> gradients = new ArrayList<>();

    enum Kind {
        PLAIN,
        EWC,
        RETRAIN
    }

    /**
     * @param training parameters with those that are trained among them
     * @param serving the same tensors as the model is asked with: Defer switches hard there
     */
    TunedCorrector(Model model, Params training, Params serving, double rate, int steps, Kind kind) {
        this.model = model;
        this.training = training;
        this.serving = serving;
        this.rate = rate;
        this.steps = steps;
        this.kind = kind;
    }

    @Override
    public Params params() {
        return serving;
    }

    @Override
    public void correct(Tensor image, Tensor label) {
        Map<String, Tensor> trained = training.trainables();
        images.add(Scope.own(image));
        labels.add(Scope.own(label));
        try (var scope = Scope.open()) {
            Ewc spring = kind == Kind.EWC && !gradients.isEmpty() ? spring(trained) : null;
            try (Optimizer adam = Optimizer.of(ADAM, trained, rate, 0)) {
                for (int i = 0; i < steps && (i == 0 || !isRight(image, label)); i++) {
                    step(batch(image, label), spring, adam, trained);
                }
            }
            if (kind == Kind.EWC) {
                remember(batch(image, label), trained);
            }
            if (kind == Kind.RETRAIN && images.size() % RETRAIN == 0) {
                retrain(trained);
            }
        }
    }

    private static Batch batch(Tensor image, Tensor label) {
        return new Batch(Map.of(Batch.PIXEL_VALUES, image, Batch.LABELS, label));
    }

    private boolean isRight(Tensor image, Tensor label) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return model.forward(serving, batch(image, label), Pass.evaluation())
                    .logits()
                    .argmax(new LongOptional(1), false)
                    .eq(label)
                    .all()
                    .item_bool();
        }
    }

    private Tensor loss(Batch batch) {
        return new CrossEntropy(0)
                .losses(model, training, batch, Pass.evaluation())
                .perRow()
                .mean();
    }

    private void step(Batch batch, @Nullable Ewc spring, Optimizer adam, Map<String, Tensor> trained) {
        try (var scope = Scope.open()) {
            Tensor loss = loss(batch);
            if (spring != null) {
                loss = loss.add(spring.penalty(trained).to(loss.scalar_type()));
            }
            loss.backward();
            adam.step(1);
            Gradients.clear(trained.values());
        }
    }

    /** A spring to the weights before the edit, as stiff as they mattered to the ten newest. */
    private Ewc spring(Map<String, Tensor> trained) {
        var before = new LinkedHashMap<String, Tensor>();
        var fisher = new LinkedHashMap<String, Tensor>();
        trained.forEach((name, tensor) -> {
            before.put(name, tensor.detach().clone());
            fisher.put(
                    name,
                    RecentFisher.of(
                            gradients.stream()
                                    .map(of -> Objects.requireNonNull(of.get(name)))
                                    .toList(),
                            FISHER));
        });
        return new Ewc(SPRING, before, fisher);
    }

    private void remember(Batch batch, Map<String, Tensor> trained) {
        Tensor[] found = Tensors.gradients(loss(batch), false, trained.values().toArray(Tensor[]::new));
        var named = new LinkedHashMap<String, Tensor>();
        int i = 0;
        for (String name : trained.keySet()) {
            named.put(name, Scope.own(found[i++]));
        }
        gradients.add(0, named);
        if (gradients.size() > FISHER) {
            gradients.remove(FISHER).values().forEach(Tensor::close);
        }
    }

    private void retrain(Map<String, Tensor> trained) {
        try (Optimizer adam = Optimizer.of(ADAM, trained, rate, 0)) {
            for (int pass = 0; pass < PASSES; pass++) {
                for (int i = 0; i < images.size(); i++) {
                    step(batch(images.get(i), labels.get(i)), null, adam, trained);
                }
            }
        }
    }

    @Override
    public int entries() {
        return 0;
    }

    @Override
    public void close() {
        images.forEach(Tensor::close);
        labels.forEach(Tensor::close);
        gradients.forEach(of -> of.values().forEach(Tensor::close));
    }
}
