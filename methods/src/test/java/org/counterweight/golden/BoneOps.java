package org.counterweight.golden;

import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.linear;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.bone.Bone;
import org.counterweight.adapt.bone.BoneConfig.Variant;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;
import org.counterweight.train.optimize.UpdateRule;
import tools.jackson.databind.JsonNode;

final class BoneOps {
    static final Map<String, Op> ALL = Map.of(
            "bone.forward", BoneOps::forward,
            "bone.merge", BoneOps::merge,
            "bone.multi", BoneOps::multi,
            "bone.train", BoneOps::train);

    private BoneOps() {}

    private static Bone bone(GoldenCase golden, Tensor block) {
        Variant variant =
                Variant.valueOf(golden.params().required("variant").asString().toUpperCase(Locale.ROOT));
        if (variant != Variant.ROWS) {
            return Bone.of(variant, block);
        }
        JsonNode sizes = golden.params().required("shard_sizes");
        return Bone.rows(
                block,
                IntStream.range(0, sizes.size())
                        .mapToLong(i -> sizes.get(i).asLong())
                        .toArray());
    }

    private static Map<String, Tensor> forward(GoldenCase golden) {
        Tensor x = golden.in("x").requires_grad_(true);
        Tensor block = golden.in("block").requires_grad_(true);
        Tensor y = bone(golden, block)
                .apply(x, golden.in("weight"), golden.inputs().get("bias"), Pass.evaluation());
        Tensor[] grads = gradients(y.mul(golden.in("gy")).sum(), false, block, x);
        return Map.of("y", y, "grad.block", grads[0], "grad.x", grads[1]);
    }

    private static Map<String, Tensor> merge(GoldenCase golden) {
        Bone bone = bone(golden, golden.in("block"));
        Tensor merged = bone.weight(golden.in("weight"));
        return Map.of("merged", merged, "unmerged", bone.unmerge(merged));
    }

    private static Map<String, Tensor> multi(GoldenCase golden) {
        int count = golden.params().required("count").asInt();
        List<Bone> adapters = new ArrayList<>();
        Tensor merged = golden.in("weight");
        for (int k = 0; k < count; k++) {
            adapters.add(bone(golden, golden.in("block." + k)));
            merged = adapters.get(k).weight(merged);
        }
        Tensor unmerged = merged;
        for (int k = count - 1; k >= 0; k--) {
            unmerged = adapters.get(k).unmerge(unmerged);
        }
        var out = new LinkedHashMap<String, Tensor>();
        out.put("y", linear(golden.in("x"), merged, golden.inputs().get("bias")));
        out.put("merged", merged);
        out.put("unmerged", unmerged);
        return out;
    }

    private static Map<String, Tensor> train(GoldenCase golden) {
        JsonNode settings = golden.params().required("optimizer");
        Tensor block = golden.in("block").clone().requires_grad_(true);
        Bone bone = bone(golden, block);
        double[] losses = new double[golden.params().required("steps").asInt()];
        try (Optimizer optimizer = Optimizer.of(
                rule(settings),
                Map.of("block", block),
                settings.required("lr").asDouble(),
                settings.path("weight_decay").asDouble(0))) {
            for (int t = 0; t < losses.length; t++) {
                Gradients.clear(List.of(block));
                Tensor y = bone.apply(
                        golden.in("x"), golden.in("weight"), golden.inputs().get("bias"), Pass.evaluation());
                Tensor loss = y.sub(golden.in("target")).square().mean();
                losses[t] = loss.item_double();
                loss.backward();
                optimizer.step(1);
            }
        }
        return Map.of("losses", Tensors.doubles(losses), "block", block.detach());
    }

    private static UpdateRule rule(JsonNode settings) {
        String name = settings.required("name").asString();
        return switch (name) {
            case "adamw" ->
                new Adam(
                        settings.required("betas").get(0).asDouble(),
                        settings.required("betas").get(1).asDouble(),
                        settings.required("eps").asDouble(),
                        true);
            case "sgd" -> new Sgd(settings.path("momentum").asDouble(0), false);
            default -> throw new IllegalArgumentException("unknown optimizer " + name);
        };
    }
}
