package org.counterweight.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.diffusers.GuiderFile;
import org.counterweight.guide.figure.Conflict;
import org.counterweight.guide.figure.SampleFigures;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.sample.CfgPlusPlus;
import org.counterweight.guide.sample.Ddim;
import org.counterweight.guide.sample.Ddpm;
import org.counterweight.guide.sample.EdmHeun;
import org.counterweight.guide.sample.FlowEuler;
import org.counterweight.guide.sample.GaussianMixture;
import org.counterweight.guide.sample.Guided;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.guide.sample.Sampler;
import org.counterweight.guide.sample.Trajectory;
import org.counterweight.guide.shape.Grid;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Operations of {@code cfg-schedulers}. */
final class GuidanceOps {
    static final Map<String, Op> ALL = Map.of(
            "schedule_weights", GuidanceOps::scheduleWeights,
            "combine", GuidanceOps::combine,
            "guider_sequence", GuidanceOps::guiderSequence,
            "sample_ddim", GuidanceOps::sampleDdim,
            "sample_ddpm", GuidanceOps::sampleDdpm,
            "sample_edm_interval", GuidanceOps::sampleEdm,
            "sample_flow_euler", GuidanceOps::sampleFlow,
            "sample_ddim_cfgpp", GuidanceOps::sampleCfgPlusPlus,
            "conflict_metrics", GuidanceOps::conflict,
            "metrics", GuidanceOps::metrics);

    private GuidanceOps() {}

    private static Convention convention(JsonNode params) {
        return Convention.valueOf(params.path("convention").asString("omega").toUpperCase(Locale.ROOT));
    }

    /** The settings of a spec, whose names are those of the settings but for the weight's. */
    private static GuidanceConfig config(JsonNode spec, Convention convention) {
        ObjectNode settings = Configs.JSON.createObjectNode();
        settings.set("schedule", spec.required("name"));
        settings.set("weight", spec.required("omega"));
        settings.put("convention", convention.name().toLowerCase(Locale.ROOT));
        for (String key : List.of("s", "clamp", "normalize", "lo", "hi")) {
            if (spec.has(key)) {
                settings.set(key, spec.get(key));
            }
        }
        return Configs.bind(settings, GuidanceConfig.class, "guidance");
    }

    private static Grid grid(JsonNode spec, GoldenCase golden) {
        int steps = spec.path("steps").asInt();
        String name = spec.path("grid").asString("left");
        Grid grid = switch (name) {
            case "left" -> Grid.left(steps);
            case "mid" -> Grid.mid(steps);
            case "right" -> Grid.right(steps);
            case "inclusive" -> Grid.inclusive(steps);
            case "timestep" ->
                Grid.timesteps(timesteps(golden, spec), spec.required("T").asInt());
            case "given" ->
                Grid.given(
                        Tensors.toDoubles(golden.in("u." + spec.required("ui").asInt())));
            default -> throw new IllegalArgumentException("unknown grid " + name);
        };
        return spec.has("li")
                ? grid.withLevels(
                        Tensors.toDoubles(golden.in("levels." + spec.get("li").asInt())))
                : grid;
    }

    /** The numbered ones, or those of the only sampler there is. */
    private static long[] timesteps(GoldenCase golden, JsonNode spec) {
        String numbered = "timesteps." + spec.path("ts").asInt(0);
        return Tensors.toLongs(golden.in(golden.inputs().containsKey(numbered) ? numbered : "timesteps"));
    }

    private static double[] weights(GoldenCase golden, Convention convention) {
        JsonNode spec = golden.params().required("schedule");
        return config(spec, convention).weights(grid(spec, golden));
    }

    private static Map<String, Tensor> scheduleWeights(GoldenCase golden) {
        var out = new LinkedHashMap<String, Tensor>();
        JsonNode specs = golden.params().required("specs");
        for (int i = 0; i < specs.size(); i++) {
            double[] weights = config(specs.get(i), Convention.OMEGA).weights(grid(specs.get(i), golden));
            out.put("weights." + i, Tensors.doubles(weights, weights.length));
        }
        return out;
    }

    private static Map<String, Tensor> combine(GoldenCase golden) {
        var out = new LinkedHashMap<String, Tensor>();
        JsonNode specs = golden.params().required("specs");
        for (int i = 0; i < specs.size(); i++) {
            JsonNode spec = specs.get(i);
            Guider guider =
                    new ClassifierFree(convention(spec), spec.path("rescale").asDouble(0));
            out.put(
                    "pred." + i,
                    guider.combine(
                            golden.in("cond"),
                            golden.in("uncond"),
                            spec.required("weight").asDouble(),
                            0));
        }
        return out;
    }

    private static Map<String, Tensor> guiderSequence(GoldenCase golden) {
        Tensor cond = golden.in("cond");
        Tensor uncond = golden.in("uncond");
        int steps = golden.params().required("steps").asInt();
        var out = new LinkedHashMap<String, Tensor>();
        for (JsonNode spec : golden.params().required("guiders")) {
            ObjectNode file = spec.required("config").deepCopy().asObject();
            file.set("_class_name", spec.required("class"));
            GuiderFile guider = GuiderFile.of(file, "guider");
            var predictions = new TensorVector();
            try (Guider combined = guider.guider()) {
                for (int i = 0; i < steps; i++) {
                    predictions.push_back(
                            combined.combine(cond.select(0, i), uncond.select(0, i), guider.weight(i, steps), i));
                }
            }
            out.put("pred." + spec.required("id").asString(), torch.stack(predictions, 0));
        }
        return out;
    }

    private static NoiseSchedule noise(JsonNode params) {
        return NoiseSchedule.of(
                NoiseSchedule.Betas.valueOf(
                        params.required("beta_schedule").asString().toUpperCase(Locale.ROOT)),
                params.required("num_train_timesteps").asInt(),
                params.required("beta_start").asDouble(),
                params.required("beta_end").asDouble(),
                params.path("final_alpha_cumprod").asDouble(1));
    }

    private static Guided guided(GoldenCase golden, Convention convention) {
        var mixture = new GaussianMixture(
                golden.in("gmm.pi"), golden.in("gmm.mu"), golden.in("gmm.var"), golden.in("gmm.label"));
        return new Guided(
                mixture.conditional(golden.params().required("label").asLong()),
                mixture,
                ClassifierFree.of(convention));
    }

    private static Map<String, Tensor> outputs(Trajectory trajectory, double... weights) {
        var out = new TreeMap<String, Tensor>();
        out.put("x_0", trajectory.samples());
        out.put("trajectory", torch.stack(new TensorVector(trajectory.states().toArray(new Tensor[0])), 0));
        if (weights.length > 0) {
            out.put("weights", Tensors.doubles(weights, weights.length));
        }
        return out;
    }

    private static Map<String, Tensor> sample(GoldenCase golden, Sampler sampler) {
        Convention convention = convention(golden.params());
        double[] weights = weights(golden, convention);
        return outputs(sampler.sample(guided(golden, convention), golden.in("x_T"), weights), weights);
    }

    private static Map<String, Tensor> sampleDdim(GoldenCase golden) {
        return sample(golden, new Ddim(noise(golden.params()), Tensors.toLongs(golden.in("timesteps.0"))));
    }

    private static Map<String, Tensor> sampleDdpm(GoldenCase golden) {
        return sample(
                golden, new Ddpm(noise(golden.params()), Tensors.toLongs(golden.in("timesteps")), golden.in("noise")));
    }

    private static Map<String, Tensor> sampleFlow(GoldenCase golden) {
        return sample(golden, new FlowEuler(Tensors.toDoubles(golden.in("sigmas"))));
    }

    private static Map<String, Tensor> sampleCfgPlusPlus(GoldenCase golden) {
        long[] timesteps = Tensors.toLongs(golden.in("timesteps.0"));
        double[] weights = new double[timesteps.length];
        Arrays.fill(weights, golden.params().required("lam").asDouble());
        var sampler = CfgPlusPlus.preserving(noise(golden.params()), timesteps);
        return outputs(sampler.sample(guided(golden, Convention.SCALE), golden.in("x_T"), weights));
    }

    private static Map<String, Tensor> sampleEdm(GoldenCase golden) {
        JsonNode params = golden.params();
        var sampler = EdmHeun.of(
                params.required("num_steps").asInt(),
                params.required("sigma_min").asDouble(),
                params.required("sigma_max").asDouble(),
                params.required("rho").asDouble());
        ObjectNode settings = Configs.JSON.createObjectNode();
        settings.put("schedule", "interval_index").put("convention", "scale");
        settings.set("weight", params.required("guidance_scale"));
        settings.set("lo", params.required("interval").get(0));
        settings.set("hi", params.required("interval").get(1));
        double[] weights =
                Configs.bind(settings, GuidanceConfig.class, "guidance").weights(Grid.left(sampler.steps()));
        Tensor noise = Tensors.times(golden.in("latents"), sampler.first());
        return Map.of(
                "x_0",
                sampler.sample(guided(golden, Convention.SCALE), noise, weights).samples());
    }

    private static Map<String, Tensor> conflict(GoldenCase golden) {
        Tensor cond = golden.in("cond");
        Tensor uncond = golden.in("uncond");
        double[] weights = weights(golden, Convention.OMEGA);
        var cosines = new TensorVector();
        var similarities = new TensorVector();
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < weights.length; i++) {
            Conflict found = Conflict.of(cond.select(0, i), uncond.select(0, i), weights[i]);
            cosines.push_back(found.cosine());
            similarities.push_back(found.magnitudeSimilarity());
            ratios.add(found.ratio());
        }
        return Map.of(
                "cosine", torch.stack(cosines, 0),
                "magnitude_similarity", torch.stack(similarities, 0),
                "conflict_ratio",
                        Tensors.doubles(
                                ratios.stream().mapToDouble(Double::doubleValue).toArray(), ratios.size()));
    }

    private static Map<String, Tensor> metrics(GoldenCase golden) {
        Tensor x = golden.in("x");
        return Map.of(
                "frechet", Tensors.doubles(new double[] {SampleFigures.frechet(x, golden.in("y"))}, 1),
                "diversity_cos", Tensors.doubles(new double[] {SampleFigures.diversityByCosine(x)}, 1),
                "diversity_std", Tensors.doubles(new double[] {SampleFigures.diversityByDeviation(x)}, 1));
    }
}
