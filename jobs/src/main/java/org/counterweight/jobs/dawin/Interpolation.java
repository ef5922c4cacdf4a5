package org.counterweight.jobs.dawin;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.dynamic.BetaMixture;
import org.counterweight.merge.dynamic.Clusters;
import org.counterweight.merge.dynamic.Coefficients;
import org.counterweight.merge.dynamic.Dawin;
import org.counterweight.merge.dynamic.DawinConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Two models: (1 − λ) w_0 + λ w_1. */
record Interpolation(DawinConfig config, Seed seed, Map<String, Tensor> w0, Map<String, Tensor> w1) implements Mixing {
    @Override
    public Mixed mix(List<Tensor> logits, @Nullable List<Tensor> reference, @Nullable Tensor labels) {
        Coefficients fitted = reference == null ? null : coefficients(reference, null, null);
        Coefficients own = coefficients(logits, labels, fitted == null ? null : fitted.offset());
        BetaMixture mixture = Dawin.mixture(config, (fitted == null ? own : fitted).lambda(), seed);
        Clusters clusters = mixture == null
                ? Clusters.apart(pairs(own.lambda()))
                : Clusters.of(mixture.labels(own.lambda()), pairs(mixture.mean()));
        ObjectNode said = Configs.JSON.createObjectNode();
        said.putObject("offset")
                .put("b", own.offset().b())
                .put("share", own.offset().share());
        if (mixture != null) {
            ObjectNode beta = said.putObject("mixture");
            beta.set("weights", Configs.JSON.valueToTree(Tensors.toDoubles(mixture.weights())));
            beta.set("alpha", Configs.JSON.valueToTree(Tensors.toDoubles(mixture.alpha())));
            beta.set("beta", Configs.JSON.valueToTree(Tensors.toDoubles(mixture.beta())));
        }
        return new Mixed(pairs(own.lambda()), List.of(own.entropy0(), own.entropy1()), clusters, mixture != null, said);
    }

    private Coefficients coefficients(
            List<Tensor> logits, @Nullable Tensor labels, Coefficients.@Nullable Offset frozen) {
        return Coefficients.of(config, logits.get(0), logits.get(1), labels, null, frozen);
    }

    /** 1 − λ and λ, {@code [n, 2]}. */
    private static Tensor pairs(Tensor lambda) {
        return torch.stack(new TensorVector(Tensors.plus(lambda.neg(), 1), lambda), 1);
    }

    @Override
    public List<Double> uniform() {
        return List.of(0.5, 0.5);
    }

    @Override
    public Map<String, Tensor> weights(List<Double> coefficients) {
        double lambda = Math.min(1, Math.max(0, coefficients.get(1)));
        return InMemory.merge(new WiseFtConfig(lambda), List.of(w0, w1));
    }

    @Override
    public ObjectNode settings() {
        return Configs.tree(config);
    }
}
