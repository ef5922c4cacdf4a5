package org.counterweight.golden;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import tools.jackson.databind.JsonNode;

/** AdamW and SGD exactly as the goldens define them, without the options of a trainer's. */
final class GoldenOptimizer {
    private final JsonNode settings;
    private final List<Tensor> parameters;
    private final List<Tensor> first = new ArrayList<>();
    private final List<Tensor> second = new ArrayList<>();
    private int steps;

    /** @param settings {@code name}, {@code lr}, and {@code betas, eps, weight_decay} or {@code momentum} */
    GoldenOptimizer(JsonNode settings, List<Tensor> parameters) {
        this.settings = settings;
        this.parameters = parameters;
        for (Tensor parameter : parameters) {
            first.add(torch.zeros_like(parameter));
            second.add(torch.zeros_like(parameter));
        }
    }

    void step(Tensor[] gradients) {
        step(gradients, settings.required("lr").asDouble());
    }

    void step(Tensor[] gradients, double lr) {
        steps++;
        try (var off = Tensors.noGrad()) {
            for (int i = 0; i < gradients.length; i++) {
                if (settings.required("name").asString().equals("sgd")) {
                    Tensor u = first.get(i);
                    u.mul_(scalar(steps == 1 ? 0 : optional("momentum"))).add_(gradients[i]);
                    parameters.get(i).sub_(u, scalar(lr));
                } else {
                    adamw(parameters.get(i), gradients[i], first.get(i), second.get(i), lr);
                }
            }
        }
    }

    private void adamw(Tensor p, Tensor g, Tensor m, Tensor v, double lr) {
        double b1 = settings.required("betas").get(0).asDouble();
        double b2 = settings.required("betas").get(1).asDouble();
        p.mul_(scalar(1 - lr * optional("weight_decay")));
        m.mul_(scalar(b1)).add_(g, scalar(1 - b1));
        v.mul_(scalar(b2)).addcmul_(g, g, scalar(1 - b2));
        Tensor denominator = v.div(scalar(1 - Math.pow(b2, steps)))
                .sqrt()
                .add(scalar(settings.required("eps").asDouble()));
        p.addcdiv_(m, denominator, scalar(-lr / (1 - Math.pow(b1, steps))));
    }

    private double optional(String key) {
        JsonNode value = settings.get(key);
        return value == null ? 0 : value.asDouble();
    }
}
