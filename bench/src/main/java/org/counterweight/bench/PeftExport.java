package org.counterweight.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.TargetRules;
import org.counterweight.adapt.Targets;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.PeftWriter;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Transposed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.WrittenFiles;

/**
 * Writes one adapter of each kind for a base model, its tensors moved away from their start, with the logits that it gives;
 * {@code bench/peft_roundtrip.py} loads them with PEFT and compares.
 */
final class PeftExport {
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            "lora", "{r: 4, alpha: 8}",
            "rslora lora", "{r: 4, alpha: 8, rank_stabilized: true}",
            "dora", "{r: 4, alpha: 8}",
            "pissa", "{r: 4, alpha: 4}",
            "sorsa", "{r: 4}",
            "adalora", "{init_r: 4, target_r: 2, total_step: 10}",
            "bone", "{r: 8}",
            "bat bone", "{r: 8, variant: bat}",
            "mini bone", "{r: 8, variant: mini, mini_r: 4}"));

    private PeftExport() {}

    /** Arguments: the directory of a base model, and one to write into. */
    public static void main(String[] arguments) throws IOException {
        Path base = Path.of(arguments[0]);
        Path out = Path.of(arguments[1]);
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                ModelDirectory directory = ModelDirectory.open(base)) {
            Model model = Architectures.of(directory.config());
            Map<String, Tensor> weights =
                    Architectures.fit(model, directory.all()).byName();
            String type = directory.config().required("model_type").asString();
            for (var entry : SETTINGS.entrySet()) {
                String method = entry.getKey().substring(entry.getKey().lastIndexOf(' ') + 1);
                boolean isBone = method.equals("bone");
                if (isBone && type.equals("gpt2")) {
                    continue; // PEFT's MiSS does not stand at Conv1D layers
                }
                export(
                        model,
                        weights,
                        type,
                        method,
                        entry.getValue(),
                        out.resolve(entry.getKey().replace(' ', '-')));
            }
        }
    }

    private static void export(
            Model model, Map<String, Tensor> weights, String type, String method, String settings, Path out)
            throws IOException {
        Generator random = new Seed(5).generator();
        var tree = Configs.yaml(settings, "settings");
        var names = tree.putArray("targets");
        switch (type) {
            case "bert" -> List.of("query", "attention.output.dense").forEach(names::add);
            case "gpt2" -> names.add("c_attn");
            default -> List.of("q_proj", "v_proj", "up_proj").forEach(names::add);
        }
        AdapterConfig config = (AdapterConfig)
                Configs.bind(tree, Catalogue.named(method, "method").config(), method);
        Targets targets = Targets.of(model, TargetRules.of(config.targets()), "targets");
        Params params = Params.of(weights).parametrized(drawn(model, weights, config, targets.modules(), random));
        List<String> saved = type.equals("bert") ? List.of("classifier", "score") : List.of();
        new PeftWriter(config, targets.modules(), "base", type.equals("bert") ? "SEQ_CLS" : "CAUSAL_LM", saved)
                .write(out, params, Map.of());
        long[] ids = new long[14];
        Arrays.setAll(ids, i -> 3 + 7 * i % 50);
        Tensor tokens = Tensors.longs(ids, 2, 7);
        Tensor logits = model.forward(params, new Batch(Map.of(Batch.INPUT_IDS, tokens)), Pass.evaluation())
                .logits();
        Path beside = out.resolveSibling(out.getFileName() + ".logits.safetensors");
        WeightsWriter.write(beside, Map.of("input_ids", tokens, "logits", logits.contiguous()), Map.of());
        Files.move(beside, out.resolve("logits.safetensors"), StandardCopyOption.REPLACE_EXISTING);
        WrittenFiles.list(out); // so that the next export may replace it
    }

    /** Adapters at those modules, moved away from their start. */
    static Map<String, Parametrization> drawn(
            Model model, Map<String, Tensor> weights, AdapterConfig config, List<String> modules, Generator random) {
        var adapters = new LinkedHashMap<String, Parametrization>();
        for (String module : modules) {
            Tensor weight = weights.get(module + ".weight");
            if (weight == null) {
                throw new IllegalStateException("the base has no " + module);
            }
            boolean isTransposed = model.modules().isTransposed(module);
            Parametrization adapter = config.create(module, isTransposed ? weight.t() : weight, random);
            adapter.trainables()
                    .values()
                    .forEach(tensor -> tensor.add_(
                            tensor.new_empty(Tensors.shape(tensor)).normal_(0, 0.1, Tensors.optional(random))));
            adapters.put(module + ".weight", isTransposed ? new Transposed(adapter) : adapter);
        }
        return adapters;
    }
}
