package org.counterweight.formats.peft;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Targets;
import org.counterweight.adapt.foreign.Ia3;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.ModuleSettings;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.formats.peft.config.PeftType;
import org.counterweight.formats.peft.config.StartOfLora;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Transposed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * An adapter on its way from a directory to one base model: what is stored is taken tensor by tensor, until nothing is left.
 * Not thread-safe, and good for one reading.
 */
final class PeftReading {
    private static final String EXPERTS = ".experts.";

    private final Path directory;
    private final PeftConfig config;
    private final PeftNames names;
    private final Model model;
    private final StoredTensors stored;
    private final TiedHead tiedHead;
    private final Map<String, Parametrization> parametrizations = new LinkedHashMap<>();
    private final Set<String> whole = new HashSet<>(); // names of replacements that were saved for their own sake
    private final List<String> warnings;

    PeftReading(Path directory, PeftConfig config, PeftNames names, Model model, Map<String, Tensor> base) {
        this.directory = directory;
        this.config = config;
        this.names = names;
        this.model = model;
        this.tiedHead = TiedHead.of(model);
        var heads = new ArrayList<>(model.modules().heads());
        heads.addAll(tiedHead.names());
        this.stored = new StoredTensors(
                directory, base, PeftAdapter.stored(directory, names, Architectures.prefix(model), heads));
        this.warnings = new ArrayList<>(config.warnings());
    }

    /** Takes everything, in the order in which one thing stands on another: tables, adapters, what is saved whole. */
    PeftAdapter adapter() {
        boolean isRowsAlone = config.type() == PeftType.TRAINABLE_TOKENS;
        List<String> modules = isRowsAlone ? List.of() : modules();
        takeTables(modules);
        if (isRowsAlone) {
            TrainedRows.alone(stored, tiedHead).takeAll(config.tokenIndices());
        } else {
            List<String> tables = model.modules().embeddings();
            TrainedRows.beside(stored, tiedHead).take(config.trainedTokens(tables.isEmpty() ? "" : tables.get(0)));
        }
        SharedProjections shared = config.type() == PeftType.VERA ? projections(modules) : null;
        modules.forEach(module -> takeAdapter(module, shared));
        takeWhole();
        String table = tiedHead.table();
        boolean isTied = config.tiesHead() || isRowsAlone;
        String said =
                tiedHead.take(stored, !isTied && whole.contains(table), !isTied && parametrizations.containsKey(table));
        if (said != null) {
            warnings.add(said);
        }
        stored.done();
        return new PeftAdapter(config, parametrizations, stored.replacements(), List.copyOf(warnings));
    }

    /** Where the adapter stands. A head that is tied to an adapted table need not be named, if the two are trained as one. */
    private List<String> modules() {
        String field = directory.resolve(PeftConfig.FILE) + ": target_modules";
        Targets targets = Targets.ofFile(
                model, names.either(config.rules(), model), field, config.type().places());
        targets.unmatched()
                .forEach(entry -> warnings.add("target_modules: \"" + entry + "\" matches no module of this model"));
        var modules = new ArrayList<>(targets.modules());
        tiedHead.names().stream()
                .filter(head -> !modules.contains(head) && isStored(head))
                .forEach(modules::add);
        List<String> experts = modules.stream()
                .filter(module -> module.contains(EXPERTS) && !isStored(module))
                .toList();
        if (modules.stream().noneMatch(module -> module.contains(EXPERTS) && isStored(module))) {
            modules.removeAll(experts); // beside transformers 5 they are no modules, and PEFT passes over them
        }
        return modules;
    }

    private boolean isStored(String module) {
        return PeftTensors.suffixes(config.type()).stream()
                .anyMatch(suffix -> stored.stored().containsKey(module + "." + suffix));
    }

    /** What the adapters stand on, where that is not the base's own: tables that PEFT stores along, and an untied head. */
    private void takeTables(List<String> modules) {
        for (String module : modules) {
            Tensor table = stored.take(module + ".base_layer.weight");
            if (table != null) {
                stored.replace(module + ".weight", table);
            }
        }
        if (modules.stream().anyMatch(tiedHead::is)) {
            tiedHead.giveOwn(stored);
        }
    }

    private SharedProjections projections(List<String> modules) {
        return SharedProjections.of(
                config, stored.stored(), modules.stream().map(this::turned).toList());
    }

    /** The weight of a module, {@code [out, in]}. */
    private Tensor turned(String module) {
        Tensor weight = stored.weight(module + ".weight");
        return model.modules().isTransposed(module) ? weight.t() : weight;
    }

    private void takeAdapter(String module, @Nullable SharedProjections shared) {
        Tensor bias = stored.take(module + ".base_layer.bias");
        if (bias != null) {
            stored.replace(module + ".bias", bias);
        }
        var own = new LinkedHashMap<String, Tensor>();
        for (String suffix : PeftTensors.suffixes(config.type())) {
            Tensor tensor = stored.take(module + "." + suffix);
            if (tensor != null) {
                own.put(suffix, tensor);
            }
        }
        boolean isTransposed = model.modules().isTransposed(module);
        if (isTransposed && config.type() == PeftType.LORA) {
            checkTransposed(module);
        }
        Tensor added = own.remove("lora_B.bias");
        Map<String, Tensor> replacements = stored.replacements();
        Tensor old = replacements.getOrDefault(module + ".bias", stored.base().get(module + ".bias"));
        if (added != null) {
            replacements.put(module + ".bias", withAdded(module, old, added));
        }
        Parametrization adapter = restored(module, turned(module), own, shared);
        if (adapter instanceof Ia3 ia3 && old != null && !ia3.ofInputs()) {
            replacements.put(module + ".bias", ia3.scaled(old));
        }
        parametrizations.put(module + ".weight", isTransposed ? new Transposed(adapter) : adapter);
    }

    private void checkTransposed(String module) {
        try {
            StartOfLora.checkTransposed(config.value("init_lora_weights"), module);
        } catch (ConfigException e) {
            throw new ConfigException(directory.resolve(PeftConfig.FILE) + ": " + e.getMessage(), e);
        }
    }

    private Parametrization restored(
            String module, Tensor weight, Map<String, Tensor> own, @Nullable SharedProjections shared) {
        try {
            boolean isTooCoarse = config.startsInBase() && weight.element_size() < 4;
            return PeftTensors.restore(
                    at(module), module, isTooCoarse ? weight.to(ScalarType.Float) : weight, own, shared);
        } catch (ConfigException e) {
            throw new ConfigException(directory.resolve(PeftConfig.FILE) + ": " + e.getMessage(), e);
        } catch (WeightsException e) { // it knows the module, but not the file
            throw new WeightsException(directory.resolve(PeftAdapter.FILE), String.valueOf(e.getMessage()), e);
        }
    }

    /** {@code lora_bias}: b' = b + s · lora_B.bias, merged or not. */
    private Tensor withAdded(String module, @Nullable Tensor bias, Tensor added) {
        AdapterConfig adapter = at(module).adapter(); // the suffix belongs to LORA alone
        double scale = adapter instanceof DoraConfig dora ? dora.scale() : ((LoraConfig) adapter).scale();
        Tensor scaled = Tensors.times(added, scale);
        return bias == null ? scaled : bias.add(scaled);
    }

    private ModuleSettings at(String module) {
        return config.at(module, names.inMemory(module));
    }

    private void takeWhole() {
        Map<String, Tensor> base = stored.base();
        var tables = new HashSet<>(model.modules().embeddings()); // save_embedding_layers stores them, under any name
        tables.addAll(model.modules().heads());
        tables.addAll(tiedHead.names());
        for (var entry : new LinkedHashMap<>(stored.stored()).entrySet()) {
            String name = entry.getKey();
            String module = module(name);
            boolean isSaved = isSaved(config.savedModules(), module);
            boolean isBias = name.endsWith(".bias") && config.bias().equals("all");
            boolean isEmbedding =
                    module.endsWith("embed_tokens") || module.endsWith("lm_head") || tables.contains(module);
            if (base.containsKey(name) && (isSaved || isBias || isEmbedding)) {
                stored.replace(name, entry.getValue());
                whole.add(name);
                stored.take(name);
            }
        }
        for (String name : base.keySet()) {
            if (!stored.replacements().containsKey(name) && isSaved(config.namedModules(), module(name))) {
                throw new WeightsException("the adapter saves " + module(name) + " whole, but its file has no "
                        + PeftAdapter.PREFIX + name);
            }
        }
    }

    private static String module(String weight) {
        int dot = weight.lastIndexOf('.');
        return dot < 0 ? weight : weight.substring(0, dot);
    }

    /** Whether the module, or one that it lies in, ends with the name of one that is saved whole; PEFT asks for no dot. */
    private static boolean isSaved(List<String> modules, String module) {
        return modules.stream().anyMatch(saved -> module.endsWith(saved) || (module + ".").contains(saved + "."));
    }
}
