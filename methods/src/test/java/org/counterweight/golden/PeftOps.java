package org.counterweight.golden;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.PeftAdapter;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.testing.GoldenCase;
import org.counterweight.weights.ModelDirectory;

/** {@code peft.load}: what PEFT wrote, read here, gives PEFT's logits, before, with and after merging. */
final class PeftOps {
    static final Map<String, Op> ALL = Map.of("peft.load", PeftOps::load);

    private PeftOps() {}

    private static Map<String, Tensor> load(GoldenCase golden) {
        Path baseDirectory =
                golden.directory().resolve(golden.params().path("base_dir").asString("base"));
        Path adapterDirectory =
                golden.directory().resolve(golden.params().path("adapter_dir").asString("adapter"));
        try (var off = Tensors.noGrad();
                ModelDirectory directory = ModelDirectory.open(baseDirectory)) {
            Model model = Architectures.of(directory.config());
            Map<String, Tensor> base = new LinkedHashMap<>(
                    Architectures.fit(model, directory.all()).byName());
            String type = directory.config().required("model_type").asString();
            PeftAdapter adapter = PeftAdapter.read(adapterDirectory, model, type, base);
            Map<String, Tensor> merged = adapter.merged(base);
            Map<String, Tensor> wide = wide(base); // a model in half precision is computed in float32
            PeftAdapter beside = PeftAdapter.read(adapterDirectory, model, type, wide);
            var batch = new Batch(Map.of(
                    Batch.INPUT_IDS, golden.in("input_ids"),
                    Batch.ATTENTION_MASK, golden.in("attention_mask")));
            var out = new LinkedHashMap<String, Tensor>();
            out.put("logits_base", logits(model, Params.of(wide), batch));
            out.put("logits", logits(model, beside.attach(Params.of(wide)), batch));
            out.put("logits_merged", logits(model, Params.of(wide(merged)), batch));
            merged.forEach((name, tensor) -> {
                // a head that the base has tied is, until something else replaces it, its embedding
                boolean isTied = name.equals("lm_head.weight") && !base.containsKey(name);
                Tensor old = base.get(isTied ? model.modules().tiedEmbedding() + ".weight" : name);
                if (old == null || !old.equal(tensor)) {
                    out.put("merged." + name, tensor.clone());
                }
            });
            return out;
        }
    }

    private static Map<String, Tensor> wide(Map<String, Tensor> weights) {
        var wide = new LinkedHashMap<>(weights);
        wide.replaceAll((name, tensor) -> tensor.is_floating_point() ? tensor.to(ScalarType.Float) : tensor);
        return wide;
    }

    private static Tensor logits(Model model, Params params, Batch batch) {
        return model.forward(params, batch, Pass.evaluation()).logits();
    }
}
