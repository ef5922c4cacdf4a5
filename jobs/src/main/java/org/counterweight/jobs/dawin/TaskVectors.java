package org.counterweight.jobs.dawin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.dynamic.Clusters;
import org.counterweight.merge.dynamic.DirichletMixture;
import org.counterweight.merge.dynamic.Entropy;
import org.counterweight.merge.dynamic.TaskCoefficients;
import org.counterweight.weights.Combiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Any number of models of one base: w_0 + Σ λ_m (w_m − w_0). What the base does not have, a head, is the models' mean with
 * the shares λ_m / Σ λ.
 *
 * @param scale of the coefficients: they add up to {@code scale} times the number of models
 * @param clusters number of merged models; 0 for one a row
 * @param temperatures one a model
 * @param origin w_0, without what the base does not have
 * @param models w_m
 */
record TaskVectors(
        double scale,
        int clusters,
        List<Double> temperatures,
        Seed seed,
        Map<String, Tensor> origin,
        List<Map<String, Tensor>> models)
        implements Mixing {
    @Override
    public Mixed mix(List<Tensor> logits, @Nullable List<Tensor> reference, @Nullable Tensor labels) {
        TaskCoefficients own = coefficients(logits);
        List<Tensor> entropies = tempered(logits).stream().map(Entropy::of).toList();
        Tensor fitted = (reference == null ? own : coefficients(reference)).probability();
        ObjectNode said = Configs.JSON.createObjectNode();
        boolean isClustered = clusters > 0 && (clusters < fitted.size(0) || fitted.size(0) == 1);
        if (!isClustered) {
            return new Mixed(own.lambda(), entropies, Clusters.apart(own.lambda()), false, said);
        }
        DirichletMixture mixture = DirichletMixture.fit(fitted, clusters, seed);
        ObjectNode dirichlet = said.putObject("mixture");
        dirichlet.set("weights", Configs.JSON.valueToTree(Tensors.toDoubles(mixture.weights())));
        dirichlet.set("precision", Configs.JSON.valueToTree(Tensors.toDoubles(mixture.precision())));
        Clusters shared = Clusters.of(mixture.labels(own.probability()), mixture.lambda(scale));
        return new Mixed(own.lambda(), entropies, shared, true, said);
    }

    private TaskCoefficients coefficients(List<Tensor> logits) {
        return TaskCoefficients.of(torch.stack(new TensorVector(tempered(logits).toArray(Tensor[]::new)), 0), scale);
    }

    private List<Tensor> tempered(List<Tensor> logits) {
        return IntStream.range(0, logits.size())
                .mapToObj(m -> Tensors.times(logits.get(m), 1 / temperatures.get(m)))
                .toList();
    }

    @Override
    public List<Double> uniform() {
        return Collections.nCopies(models.size(), scale);
    }

    @Override
    public Map<String, Tensor> weights(List<Double> coefficients) {
        double sum = coefficients.stream().mapToDouble(c -> c).sum();
        Combiner vectors = TaskCoefficients.taskArithmetic(coefficients);
        Combiner mean = TaskCoefficients.taskArithmetic(
                coefficients.stream().map(c -> c / sum).toList()); // they add up to 1, so w_0 does not count
        Combiner both = (name, tensors) -> {
            var wide = new ArrayList<>(tensors);
            wide.set(0, Accumulation.wide(tensors.get(0)));
            Tensor merged = (origin.containsKey(name) ? vectors : mean).combine(name, wide);
            return Accumulation.rounded(merged, tensors.get(1));
        };
        var start = new LinkedHashMap<>(models.get(0));
        start.putAll(origin);
        var all = new ArrayList<Map<String, Tensor>>(List.of(start));
        all.addAll(models);
        return InMemory.merge(both, all);
    }

    @Override
    public ObjectNode settings() {
        ObjectNode settings = Configs.JSON.createObjectNode();
        settings.put("scale", scale).put("bmm_ncluster", clusters);
        settings.set("temperatures", Configs.JSON.valueToTree(temperatures));
        return settings;
    }
}
