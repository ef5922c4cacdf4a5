package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.soup.GreedySoup;
import org.counterweight.merge.soup.LinesConfig;
import org.counterweight.merge.soup.UniformSoupConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.merge.stock.ModelStockConfig;
import org.counterweight.merge.stock.ModelStockConfig.Average;
import org.counterweight.merge.stock.PeriodicStock;
import org.counterweight.merge.stock.PeriodicStockConfig;
import org.counterweight.merge.stock.PeriodicStockConfig.OptimizerState;
import org.counterweight.merge.stock.StockRatio;
import org.counterweight.merge.stock.StockRatios;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.node.ObjectNode;

final class ModelStockOps {
    static final Map<String, Op> ALL = Map.of(
            "model_stock.merge", ModelStockOps::merge,
            "model_stock.periodic", ModelStockOps::periodic,
            "model_stock.baselines", ModelStockOps::baselines,
            "lines.scale", ModelStockOps::lines);

    private ModelStockOps() {}

    private static ModelStockConfig config(GoldenCase golden) {
        ObjectNode tree = Configs.JSON.createObjectNode();
        for (String key : List.of("granularity", "average", "eps", "clamp_t", "ratio", "ignore")) {
            if (golden.params().has(key)) {
                tree.set(key, golden.params().get(key));
            }
        }
        return Configs.bind(tree, ModelStockConfig.class, "");
    }

    /** The inputs whose names start with {@code prefix}, without it. */
    private static Map<String, Tensor> model(GoldenCase golden, String prefix) {
        var model = new LinkedHashMap<String, Tensor>();
        golden.inputs().forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                model.put(name.substring(prefix.length()), tensor);
            }
        });
        return model;
    }

    private static Map<String, Tensor> merge(GoldenCase golden) {
        ModelStockConfig config = config(golden);
        Map<String, Tensor> anchor = model(golden, "w0.");
        List<Map<String, Tensor>> models = IntStream.range(
                        0, golden.params().required("k").asInt())
                .mapToObj(i -> model(golden, "w." + i + "."))
                .toList();
        StockRatios ratios = StockRatios.fit(config, anchor, models);
        Map<String, Tensor> merged = ratios.merge(anchor, models);
        var out = new LinkedHashMap<String, Tensor>();
        merged.forEach((name, tensor) -> out.put("merged." + name, tensor));
        ratios.byName().forEach((name, ratio) -> {
            out.put("t." + name, ratio.ratio());
            boolean angle = config.average() == Average.ANGLE;
            out.put((angle ? "angle_deg." : "cos.") + name, angle ? ratio.degrees() : ratio.cosine());
        });
        Tensor centre = golden.inputs().get("mu");
        if (centre != null) {
            Tensor mean = InMemory.merge(new UniformSoupConfig(), models).get("w");
            out.put("dist_to_center", doubles(new double[] {distance(mean, centre), distance(merged.get("w"), centre)
            }));
        }
        return out;
    }

    private static double distance(Tensor a, Tensor b) {
        return a.sub(b).norm().item_double();
    }

    /** Linear regression by SGD with momentum, as the case defines it. */
    private static final class Regression implements PeriodicStock.Replica {
        private final Tensor x;
        private final Tensor y;
        private final double lr;
        private final double momentum;
        private final Tensor w;
        private Tensor velocity;

        Regression(GoldenCase golden, int index, Tensor w0) {
            x = golden.in("X").select(0, index);
            y = golden.in("Y").select(0, index);
            lr = golden.params().required("lr").asDouble();
            momentum = golden.params().required("momentum").asDouble();
            w = w0.clone().requires_grad_(true);
            velocity = torch.zeros_like(w0);
        }

        @Override
        public Map<String, Tensor> weights() {
            return Map.of("w", w);
        }

        @Override
        public void step(long step) {
            Tensor error = torch.matmul(x.select(0, step), w.t()).sub(y.select(0, step));
            Tensor gradient = gradients(error.square().mean(), false, w)[0];
            try (var off = Tensors.noGrad()) {
                velocity = velocity.mul(scalar(momentum)).add(gradient);
                w.sub_(velocity, scalar(lr));
            }
        }

        @Override
        public void resetOptimizer() {
            velocity = torch.zeros_like(velocity);
        }
    }

    private static Map<String, Tensor> periodic(GoldenCase golden) {
        int k = golden.params().required("k").asInt();
        boolean keep = golden.params().required("keep_optimizer_state").asBoolean();
        Tensor w0 = golden.in("w0");
        List<Regression> replicas = IntStream.range(0, k)
                .mapToObj(i -> new Regression(golden, i, w0))
                .toList();
        var config = new PeriodicStockConfig(
                k,
                golden.params().required("period").asLong(),
                keep ? OptimizerState.KEEP : OptimizerState.RESET,
                false,
                config(golden));
        List<StockRatios> merges = new PeriodicStock(config, Map.of("w", w0), replicas)
                .train(golden.params().required("steps").asLong(), 0);
        Tensor[] ratios = merges.stream()
                .map(merge -> merge.byName().get("w"))
                .map(StockRatio::ratio)
                .toArray(Tensor[]::new);
        return Map.of("w", replicas.get(0).weights().get("w").detach(), "t", torch.stack(new TensorVector(ratios), 0));
    }

    private static Map<String, Tensor> baselines(GoldenCase golden) {
        int k = golden.params().required("k").asInt();
        List<Map<String, Tensor>> models = new ArrayList<>();
        for (int i = 0; i < k; i++) {
            models.add(Map.of("w", golden.in("w." + i)));
        }
        GreedySoup greedy = GreedySoup.of(models, model -> accuracy(golden, model.get("w")));
        var wise = new WiseFtConfig(golden.params().required("wise_alpha").asDouble()).combiner(List.of("w"));
        return Map.of(
                "uniform", InMemory.merge(new UniformSoupConfig(), models).get("w"),
                "greedy", greedy.weights().get("w"),
                "greedy_order", longs(greedy.order().stream().mapToLong(i -> i).toArray()),
                "accuracy",
                        doubles(greedy.accuracies().stream().mapToDouble(a -> a).toArray()),
                "wise", wise.combine("w", List.of(golden.in("w0"), golden.in("w.0"))));
    }

    private static double accuracy(GoldenCase golden, Tensor w) {
        try (var scope = Scope.open()) {
            Tensor logits = torch.matmul(golden.in("X"), w.t());
            Tensor right = logits.argmax(new org.bytedeco.pytorch.LongOptional(1), false)
                    .eq(golden.in("y"));
            return right.to(ScalarType.Double).mean().item_double();
        }
    }

    private static Map<String, Tensor> lines(GoldenCase golden) {
        Map<String, Tensor> w0 = model(golden, "w0.");
        var config = new LinesConfig(
                golden.params().required("alpha").asDouble(),
                golden.params().required("beta").asDouble(),
                golden.params().required("num_blocks").asInt());
        var out = new LinkedHashMap<String, Tensor>();
        InMemory.merge(config.combiner(w0.keySet()), List.of(w0, model(golden, "w1.")))
                .forEach((name, tensor) -> out.put("merged." + name, tensor));
        return out;
    }
}
