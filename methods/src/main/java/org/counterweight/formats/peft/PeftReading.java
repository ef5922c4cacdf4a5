package org.counterweight.formats.peft;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.ModuleNames;
import org.counterweight.adapt.Targets;
import org.counterweight.adapt.foreign.Ia3;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.formats.peft.config.PeftType;
import org.counterweight.formats.peft.config.StartOfLora;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Transposed;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.encoder.Encoder;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * An adapter on its way from a directory to one base model: what is stored is taken tensor by tensor, until nothing is left.
 * Not thread-safe, and good for one reading.
 */
final class PeftReading {
    private static final String ROWS = ".token_adapter.trainable_tokens_delta";

    private final Path directory;
    private final PeftConfig config;
    private final PeftNames names;
    private final Model model;
    private final Map<String, Tensor> base;
    private final Map<String, Tensor> stored;
    private final @Nullable ModuleSpec tiedHead;
    private final Map<String, Parametrization> parametrizations = new LinkedHashMap<>();
    private final Map<String, Tensor> replacements = new LinkedHashMap<>();
    private final Set<String> whole = new HashSet<>(); // names of those replacements that were saved for their own sake
    private final List<String> warnings;

    PeftReading(Path directory, PeftConfig config, PeftNames names, Model model, Map<String, Tensor> base) {
        this.directory = directory;
        this.config = config;
        this.names = names;
        this.model = model;
        this.base = base;
        this.tiedHead = model.modules().all().stream()
                .filter(spec -> spec.tiedTo() != null)
                .findFirst()
                .orElse(null);
        var heads = new ArrayList<>(model.modules().heads());
        if (tiedHead != null) {
            heads.add(tiedHead.name());
        }
        this.stored = PeftAdapter.stored(directory, names, Architectures.prefix(model), heads);
        this.warnings = new ArrayList<>(config.warnings());
    }

    /** Takes everything, in the order in which one thing stands on another: tables, adapters, what is saved whole. */
    PeftAdapter adapter() {
        List<String> modules = modules();
        takeTables(modules);
        takeRows();
        SharedProjections shared = config.type() == PeftType.VERA ? projections(modules) : null;
        modules.forEach(module -> takeAdapter(module, shared));
        takeWhole();
        takeHead();
        if (!stored.isEmpty()) {
            throw new WeightsException(
                    directory.resolve(PeftAdapter.FILE),
                    "has tensors that belong to no module of this model: " + new TreeSet<>(stored.keySet())
                            + "; the adapter was made for another base, or its config does not fit it");
        }
        return new PeftAdapter(config, parametrizations, replacements, List.copyOf(warnings));
    }

    /** Where the adapter stands. A head that is tied to an adapted table need not be named, if the two are trained as one. */
    private List<String> modules() {
        String field = directory.resolve(PeftConfig.FILE) + ": target_modules";
        Targets targets =
                Targets.ofFile(model, names.either(config.rules(), model), field, config.type() == PeftType.LORA);
        targets.unmatched()
                .forEach(entry -> warnings.add("target_modules: \"" + entry + "\" matches no module of this model"));
        var modules = new ArrayList<>(targets.modules());
        String head = tiedHead == null ? null : tiedHead.name();
        if (head != null
                && !modules.contains(head)
                && PeftTensors.suffixes(config.type()).stream()
                        .anyMatch(suffix -> stored.containsKey(head + "." + suffix))) {
            modules.add(head);
        }
        return modules;
    }

    /** What the adapters stand on, where that is not the base's own: tables that PEFT stores along, and an untied head. */
    private void takeTables(List<String> modules) {
        for (String module : modules) {
            Tensor table = stored.remove(module + ".base_layer.weight");
            if (table != null) {
                replacements.put(module + ".weight", PeftAdapter.fitting(module + ".weight", table, base));
            }
        }
        if (tiedHead != null && modules.contains(tiedHead.name())) {
            checkUntied("stands at " + tiedHead.name());
            giveOwn(tiedHead);
        }
    }

    /** The table as a weight of the head's own, if it has none yet. */
    private void giveOwn(ModuleSpec head) {
        if (!replacements.containsKey(head.weight())) {
            replacements.put(head.weight(), weight(head.tiedTo() + ".weight").clone());
        }
    }

    /** {@code trainable_token_indices}: rows of a table in place of the base's. */
    private void takeRows() {
        List<String> tables = model.modules().embeddings();
        Map<String, List<Long>> trained = config.trainedTokens(tables.isEmpty() ? "" : tables.get(0));
        trained.forEach((entry, indices) -> {
            List<String> stand = stored.keySet().stream()
                    .filter(name -> name.endsWith(ROWS))
                    .map(name -> name.substring(0, name.length() - ROWS.length()))
                    .filter(module -> ModuleNames.matches(entry, module))
                    .toList();
            stand.forEach(module -> takeRows(module, indices));
            if (stand.isEmpty() && (tiedHead == null || !ModuleNames.matches(entry, tiedHead.name()))) {
                throw new WeightsException(
                        directory.resolve(PeftAdapter.FILE),
                        "has no trainable_tokens_delta of a module \"" + entry
                                + "\", which trainable_token_indices names");
            }
        });
    }

    private void takeRows(String module, List<Long> indices) {
        String name = module + ".weight";
        if (tiedHead != null && module.equals(tiedHead.name())) {
            checkUntied("has rows for " + tiedHead.name());
            giveOwn(tiedHead);
        }
        Tensor whole = stored.remove(module + ".token_adapter.base_layer.weight");
        Tensor table = whole == null ? weight(name) : PeftAdapter.fitting(name, whole, base);
        Tensor rows = PeftAdapter.fitting(module + ROWS, taken(module + ROWS), Map.of());
        if (rows.dim() != 2 || rows.size(0) != indices.size() || rows.size(1) != table.size(1)) {
            throw new WeightsException(module + ROWS + ": " + Arrays.toString(Tensors.shape(rows)) + ", but "
                    + indices.size() + " rows of " + table.size(1) + " are listed in trainable_token_indices");
        }
        for (long index : indices) {
            if (index < 0 || index >= table.size(0)) {
                throw new ConfigException("trainable_token_indices: " + index + " is no row of " + name + ", which has "
                        + table.size(0) + "; give the model that the adapter was trained on, its embeddings resized");
            }
        }
        Tensor places =
                Tensors.longs(indices.stream().mapToLong(Long::longValue).toArray(), indices.size());
        replacements.put(name, torch.index_copy(table, 0, places, Tensors.as(rows, table)));
        dropCopy(module, rows);
    }

    /** A head that is tied to a table whose rows were trained has them too; of a resized model PEFT stores both. */
    private void dropCopy(String module, Tensor rows) {
        if (tiedHead == null || !module.equals(tiedHead.tiedTo())) {
            return;
        }
        Tensor copy = stored.get(tiedHead.name() + ROWS);
        if (copy != null && copy.equal(rows)) {
            stored.remove(tiedHead.name() + ROWS);
            stored.remove(tiedHead.name() + ".token_adapter.base_layer.weight");
        }
    }

    private Tensor taken(String name) {
        Tensor tensor = stored.remove(name);
        if (tensor == null) {
            throw new WeightsException(directory.resolve(PeftAdapter.FILE), "has no " + name);
        }
        return tensor;
    }

    private SharedProjections projections(List<String> modules) {
        return SharedProjections.of(
                config, stored, modules.stream().map(this::turned).toList());
    }

    /** The weight of a module, {@code [out, in]}. */
    private Tensor turned(String module) {
        Tensor weight = weight(module + ".weight");
        return model.modules().isTransposed(module) ? weight.t() : weight;
    }

    private void takeAdapter(String module, @Nullable SharedProjections shared) {
        Tensor bias = stored.remove(module + ".base_layer.bias");
        if (bias != null) {
            replacements.put(module + ".bias", PeftAdapter.fitting(module + ".bias", bias, base));
        }
        var own = new LinkedHashMap<String, Tensor>();
        for (String suffix : PeftTensors.suffixes(config.type())) {
            Tensor tensor = stored.remove(module + "." + suffix);
            if (tensor != null) {
                own.put(suffix, tensor);
            }
        }
        boolean isTransposed = model.modules().isTransposed(module);
        if (isTransposed && config.type() == PeftType.LORA) {
            checkTransposed(module);
        }
        Tensor added = own.remove("lora_B.bias");
        Tensor old = replacements.getOrDefault(module + ".bias", base.get(module + ".bias"));
        if (added != null) {
            replacements.put(module + ".bias", withAdded(module, old, added));
        }
        Parametrization adapter = restored(module, turned(module), own, shared);
        if (adapter instanceof Ia3 ia3 && old != null && !ia3.ofInputs()) {
            replacements.put(module + ".bias", ia3.bias(old));
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
            return PeftTensors.restore(config, module, isTooCoarse ? weight.to(ScalarType.Float) : weight, own, shared);
        } catch (ConfigException e) {
            throw new ConfigException(directory.resolve(PeftConfig.FILE) + ": " + e.getMessage(), e);
        } catch (WeightsException e) { // it knows the module, but not the file
            throw new WeightsException(directory.resolve(PeftAdapter.FILE), String.valueOf(e.getMessage()), e);
        }
    }

    /** {@code lora_bias}: b' = b + s · lora_B.bias, merged or not. */
    private Tensor withAdded(String module, @Nullable Tensor bias, Tensor added) {
        double scale = config.adapter(module) instanceof DoraConfig dora
                ? dora.scale()
                : ((LoraConfig) config.adapter(module)).scale(); // the suffix belongs to LORA alone
        Tensor scaled = Tensors.times(added, scale);
        return bias == null ? scaled : bias.add(scaled);
    }

    private void takeWhole() {
        for (var entry : new LinkedHashMap<>(stored).entrySet()) {
            String name = entry.getKey();
            String module = module(name);
            boolean isSaved = isSaved(config.savedModules(), module);
            boolean isBias = name.endsWith(".bias") && config.bias().equals("all");
            boolean isEmbedding = module.endsWith("embed_tokens") || module.endsWith("lm_head");
            if (base.containsKey(name) && (isSaved || isBias || isEmbedding)) {
                replacements.put(name, PeftAdapter.fitting(name, entry.getValue(), base));
                whole.add(name);
                stored.remove(name);
            }
        }
        for (String name : base.keySet()) {
            if (!replacements.containsKey(name) && isSaved(config.namedModules(), module(name))) {
                throw new WeightsException("the adapter saves " + module(name) + " whole, but its file has no "
                        + PeftAdapter.PREFIX + name);
            }
        }
    }

    /**
     * A head that is tied in the base has no weight of its own there; an adapter that saved it brings one. One that changed
     * the embedding alone leaves the head as it was: so PEFT computes, with the adapter beside the weights and merged.
     */
    private void takeHead() {
        if (tiedHead == null || replacements.containsKey(tiedHead.weight())) {
            return;
        }
        String table = tiedHead.tiedTo() + ".weight";
        Tensor old = base(table);
        Tensor head = stored.remove(tiedHead.weight());
        if (head != null) {
            checkUntied("saves " + tiedHead.name());
            replacements.put(
                    tiedHead.weight(), PeftAdapter.fitting(tiedHead.weight(), head, Map.of(tiedHead.weight(), old)));
            return;
        }
        boolean isSaved = whole.contains(table);
        if (!config.tiesHead() && (isSaved || parametrizations.containsKey(table))) {
            checkUntied((isSaved ? "saves " : "stands at ") + tiedHead.tiedTo() + ", but not at the head tied to it");
            replacements.put(tiedHead.weight(), isSaved ? old : weight(table));
            warnings.add("the adapter " + (isSaved ? "saves " : "stands at ") + table
                    + ", but not the head that is tied to it (tie_word_embeddings):"
                    + " the head keeps the base's table, as in PEFT; ensure_weight_tying trains both as one");
        }
    }

    /** Refuses to part table and head of a model that has one for both. */
    private void checkUntied(String what) {
        if (tiedHead != null && model instanceof Encoder) {
            throw new ConfigException(
                    directory.resolve(PeftConfig.FILE) + ": the adapter " + what + ", whose weight is "
                            + tiedHead.tiedTo()
                            + "'s (tie_word_embeddings), and of the two only one changed; this model has one"
                            + " table for both: train the adapter without it, or with ensure_weight_tying");
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

    /** The weight that an adapter stands on: what was stored along, or the base's. */
    private Tensor weight(String name) {
        Tensor replaced = replacements.get(name);
        return replaced == null ? base(name) : replaced;
    }

    private Tensor base(String name) {
        Tensor weight = base.get(name);
        if (weight == null) {
            throw new WeightsException("the base model has no " + name + ", which the adapter stands at");
        }
        return weight;
    }
}
