package org.counterweight.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.PeftWriter;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.formats.peft.config.Places;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes LoRA, DoRA and Bone at every linear module of each golden model where PEFT has them, what the model says with them,
 * and the model with them computed into it; {@code bench/peft_families.py} opens all with PEFT and transformers and compares.
 */
final class FamilyExport {
    private static final Map<String, String> SETTINGS =
            Map.of("lora", "{r: 4, alpha: 8}", "dora", "{r: 4, alpha: 8}", "bone", "{r: 4}");

    private FamilyExport() {}

    /** Arguments: the directory of the golden cases, and one to write into. */
    public static void main(String[] arguments) throws IOException {
        Path out = Path.of(arguments[1]);
        try (Stream<Path> cases = Files.list(Path.of(arguments[0]))) {
            for (Path golden : cases.sorted().toList()) {
                for (var method : SETTINGS.entrySet()) {
                    try (var scope = Scope.open();
                            var off = Tensors.noGrad();
                            ModelDirectory files = ModelDirectory.open(golden.resolve("model"))) {
                        Path written = out.resolve(golden.getFileName() + "." + method.getKey());
                        export(golden, files, method.getKey(), method.getValue(), written);
                    }
                }
            }
        }
    }

    private static void export(Path golden, ModelDirectory files, String method, String settings, Path out)
            throws IOException {
        ObjectNode config = files.config();
        Model model = Architectures.of(config);
        var weights = new LinkedHashMap<>(Architectures.fit(model, files.all()).byName());
        weights.replaceAll((name, tensor) ->
                tensor.is_floating_point() ? tensor.to(ScalarType.Float).clone() : tensor);
        List<String> modules = modules(model, adapter(method, settings, List.of("*")));
        if (modules.isEmpty()) {
            return;
        }
        AdapterConfig adapter = adapter(method, settings, modules);
        Params params = Params.of(weights)
                .parametrized(PeftExport.drawn(model, weights, adapter, modules, new Seed(5).generator()));
        String task = task(config.path("architectures").path(0).asString(""));
        Set<String> whole = Set.of("SEQ_CLS", "TOKEN_CLS");
        new PeftWriter(
                        adapter,
                        modules,
                        "base",
                        task,
                        whole.contains(String.valueOf(task)) ? model.modules().heads() : List.of(),
                        false,
                        PeftNames.of(config.required("model_type").asString()))
                .write(out.resolve("adapter"), params, Map.of());
        Output said = model.forward(params, batch(golden), Pass.evaluation());
        WeightsWriter.write(
                out.resolve("said.safetensors"),
                Map.of(
                        "logits",
                        said.logits().contiguous(),
                        "last_hidden_state",
                        said.hidden().contiguous()),
                Map.of());
        Files.createDirectories(out.resolve("merged"));
        ModelDirectory.write(out.resolve("merged"), config, params.materialized(), Map.of());
    }

    private static AdapterConfig adapter(String method, String settings, List<String> modules) {
        ObjectNode tree = Configs.yaml(settings, "settings");
        modules.forEach(tree.putArray("targets")::add);
        return (AdapterConfig)
                Configs.bind(tree, Catalogue.named(method, "method").config(), method);
    }

    /** All linear modules of the body at which PEFT has such an adapter. */
    private static List<String> modules(Model model, AdapterConfig adapter) {
        List<String> heads = model.modules().heads();
        return model.modules().linears().stream()
                .filter(module -> heads.stream().noneMatch(head -> (module + ".").startsWith(head + ".")))
                .filter(module -> {
                    try {
                        Places.check(adapter, model, List.of(module));
                        return true;
                    } catch (ConfigException e) {
                        return false; // which is the answer
                    }
                })
                .toList();
    }

    /** PEFT's name of what the head is for; null where it has none, or wants of the model what transformers 5 took out. */
    private static @org.jspecify.annotations.Nullable String task(String architecture) {
        if (architecture.endsWith("ForSequenceClassification")) {
            return "SEQ_CLS";
        }
        if (architecture.endsWith("ForTokenClassification")) {
            return "TOKEN_CLS";
        }
        return architecture.endsWith("CausalLM") || architecture.endsWith("LMHeadModel") ? "CAUSAL_LM" : null;
    }

    private static Batch batch(Path golden) {
        var inputs = new LinkedHashMap<String, Tensor>();
        try (SafetensorsFile file = SafetensorsFile.open(golden.resolve("tensors.safetensors"))) {
            file.tensors().keySet().stream()
                    .filter(name -> name.startsWith("in.") && !name.equals("in.prompt"))
                    .forEach(name ->
                            inputs.put(name.substring(3), file.tensor(name).clone()));
        }
        return new Batch(inputs);
    }
}
