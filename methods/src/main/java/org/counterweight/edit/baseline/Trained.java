package org.counterweight.edit.baseline;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.EditPoint;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceConfig;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Tap;

/**
 * What a baseline trains, and the model with it: the wrapped layer's weight, or the tensors of a {@link Defer} or {@link Memory}
 * at it, whose widths the first edit shows. Before that the model is as it was.
 */
final class Trained implements AutoCloseable {
    private final BaselineConfig config;
    private final Model model;
    private final Params before;
    private final EditTask task;
    private final Seed seed;
    private final EditPoint point;
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();
    private Params training;
    private Params serving;

    private Trained(BaselineConfig config, Model model, Params before, EditTask task, Seed seed, EditPoint point) {
        this.config = config;
        this.model = model;
        this.before = before;
        this.task = task;
        this.seed = seed;
        this.point = point;
        this.training = before;
        this.serving = before;
    }

    static Trained of(BaselineConfig config, Model model, Params params, EditTask task, Seed seed) {
        EditPoint point = EditPoint.of(model, config.layer());
        if (config.method().tunesTheLayer() && !params.weights().containsKey(point.name() + ".weight")) {
            throw new ConfigException("baseline.layer: " + point.name()
                    + " has no weight of its own that could be trained; name a linear layer");
        }
        return new Trained(config, model, params, task, seed, point);
    }

    /** Makes what is trained, once. */
    void begin(EditRequest first) {
        if (!leaves.isEmpty()) {
            return;
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            if (config.method().tunesTheLayer()) {
                String name = point.name() + ".weight";
                leaf(name, before.weight(name).clone());
                training = before.replacing(leaves);
                serving = training;
                return;
            }
            GraceConfig asked = Configs.bind(
                    Configs.JSON
                            .createObjectNode()
                            .put("layer", point.name())
                            .put("key_token", config.keyToken().name()),
                    GraceConfig.class,
                    "baseline");
            Editor.Activations at = new Editor(model, before, asked, task).activations(first.row());
            int in = at.queries()[0].length;
            int out = at.outputs()[0].length;
            if (config.method() == Baseline.DEFER) {
                wrap(defer(in, out));
            } else {
                wrap(memory(in, out));
            }
        }
    }

    private void wrap(Tap tap) {
        training = before.tapped(Map.of(point.name(), tap));
        Tap served = tap instanceof Defer defer ? defer.blending(false) : tap;
        serving = before.tapped(Map.of(point.name(), served));
    }

    private Defer defer(int in, int out) {
        return new Defer(
                leaf("gate.weight", Tensors.zeros(1, in)),
                leaf("gate.bias", Tensors.zeros(1)),
                leaf("prediction.weight", drawn(out, in)),
                leaf("prediction.bias", Tensors.zeros(out)),
                config.threshold(),
                true,
                config.keyToken());
    }

    private Memory memory(int in, int out) {
        return new Memory(
                leaf("attention.weight", drawn(config.memories(), in)),
                leaf("attention.bias", Tensors.zeros(config.memories())),
                leaf("values", drawn(config.memories(), out)),
                config.keyToken());
    }

    private Tensor leaf(String name, Tensor first) {
        Tensor leaf = Scope.own(Tensors.to(first, before.device()).detach());
        leaves.put(name, leaf.requires_grad_(true));
        return leaf;
    }

    /** As a linear layer starts. */
    private Tensor drawn(long out, long in) {
        double bound = 1 / Math.sqrt(in);
        return Tensors.zeros(out, in)
                .uniform_(
                        -bound,
                        bound,
                        Tensors.optional(seed.child("adaptor " + out).generator()));
    }

    /** By name; none before the first edit. */
    Map<String, Tensor> leaves() {
        return leaves;
    }

    /** The model with a gradient in what is trained. */
    Params training() {
        return training;
    }

    /** The model as it answers. */
    Params serving() {
        return serving;
    }

    @Override
    public void close() {
        leaves.values().forEach(Tensor::close);
    }
}
