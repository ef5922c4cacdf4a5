package org.counterweight.formats.peft;

import static org.bytedeco.pytorch.global.torch.cat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.formats.peft.config.PeftDefaults;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.formats.peft.config.PeftType;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * Several LoRA adapters of one base as one, each with a weight, as PEFT's {@code add_weighted_adapter} makes it. What they
 * change by s B A each becomes a change of its own, of scale 1.
 *
 * @param directories of adapters that PEFT saved
 * @param weights one each; any number, below 0 too
 */
public record WeightedLoras(List<Path> directories, List<Double> weights, Combination combination) {
    /** What becomes of their factors. */
    public enum Combination {
        /** Factors side by side: the change is exactly Σ w s B A, and the ranks add up. */
        CAT,
        /**
         * Sums of factors, A of √|w s| A with the sign of w s and B of √|w s| B: the rank stays, and the change has products
         * of one adapter's A with another's B in it.
         */
        LINEAR
    }

    private static final List<String> A = List.of(".lora_A.weight", ".lora_embedding_A");
    private static final List<String> B = List.of(".lora_B.weight", ".lora_embedding_B");

    public WeightedLoras {
        directories = List.copyOf(directories);
        weights = List.copyOf(weights);
        if (directories.size() != weights.size()) {
            throw new ConfigException(
                    "--adapter-weights", weights, "one for each of " + directories.size() + " adapters");
        }
        weights.forEach(weight -> {
            if (!Double.isFinite(weight)) {
                throw new ConfigException("--adapter-weights", weight, "a finite number (0.5 or 1 is usual)");
            }
        });
        if (directories.size() == 1) {
            combination = Combination.LINEAR; // of one alone they are the same, and PEFT says so
        }
    }

    /** One adapter: its settings, and what it stores by the model's names. */
    private record One(Path directory, PeftConfig config, Map<String, Tensor> stored) {
        static One of(Path directory) {
            Path settings = directory.resolve(PeftConfig.FILE);
            PeftConfig config = PeftConfig.read(directory, "");
            boolean isPlain = config.type() == PeftType.LORA && !config.flag("use_dora") && !config.flag("lora_bias");
            if (!isPlain || config.startsInBase()) {
                throw new ConfigException(settings + ": only plain LoRA adapters are weighed together, as in PEFT, and"
                        + " this is "
                        + (config.type() != PeftType.LORA
                                ? "of type " + config.type()
                                : config.flag("use_dora")
                                        ? "DoRA (use_dora)"
                                        : config.flag("lora_bias")
                                                ? "one with biases of its own (lora_bias)"
                                                : "one that took a part out of the base (init_lora_weights: "
                                                        + config.value("init_lora_weights")
                                                                .asString() + ")")
                        + "; merge it into its base, or use it alone");
            }
            return new One(directory, config, PeftAdapter.stored(directory, PeftNames.ALIKE, name -> true));
        }

        double scale(String module) {
            return ((LoraConfig) config.at(module, module).adapter()).scale();
        }
    }

    /**
     * Writes the directory of the one adapter, whole or not at all.
     *
     * @throws ConfigException if they cannot be weighed together; it says why
     */
    public void write(Path directory) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                Staged staged = Staged.output(directory)) {
            List<One> all = directories.stream().map(One::of).toList();
            var tensors = new TreeMap<String, Tensor>();
            Map<String, String> modules = modules(all);
            long rank = 1;
            for (var module : modules.entrySet()) {
                Tensor a = factor(all, module.getKey(), A, 0);
                Tensor b = factor(all, module.getKey(), B, 1);
                rank = Math.max(rank, a.size(0));
                tensors.put(module.getKey() + suffix(A, module.getValue()), a);
                tensors.put(module.getKey() + suffix(B, module.getValue()), b);
            }
            others(all).forEach(tensors::put);
            var written = new TreeMap<String, Tensor>();
            long whole = rank;
            tensors.forEach((name, tensor) -> written.put(PeftAdapter.PREFIX + name, filled(name, tensor, whole)));
            Files.writeString(
                    staged.path().resolve(PeftConfig.FILE),
                    config(all, modules.keySet(), rank).toPrettyString() + "\n");
            WeightsWriter.write(staged.path().resolve(PeftAdapter.FILE), written, Map.of("format", "pt"));
            Path beside = directories.get(0).resolve("config.json");
            if (Files.isRegularFile(beside)) {
                Files.copy(beside, staged.path().resolve("config.json"));
            }
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** The modules that any of them stands at, with the ending of A there. */
    private static Map<String, String> modules(List<One> all) {
        var modules = new TreeMap<String, String>();
        for (One one : all) {
            one.stored()
                    .keySet()
                    .forEach(name -> A.stream()
                            .filter(name::endsWith)
                            .forEach(end -> modules.put(name.substring(0, name.length() - end.length()), end)));
        }
        if (modules.isEmpty()) {
            throw new ConfigException(all.get(0).directory() + ": stands at no module; there is nothing to weigh");
        }
        return modules;
    }

    private static String suffix(List<String> endings, String ofA) {
        return endings.get(A.indexOf(ofA));
    }

    /** @param side of the rank in the factor's shape */
    private Tensor factor(List<One> all, String module, List<String> endings, int side) {
        var parts = new ArrayList<Tensor>();
        for (int k = 0; k < all.size(); k++) {
            One one = all.get(k);
            Tensor stored = endings.stream()
                    .map(end -> one.stored().get(module + end))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
            if (stored == null) {
                continue; // this one does not stand here
            }
            double scaled = weights.get(k) * one.scale(module);
            double root = Math.sqrt(Math.abs(scaled));
            parts.add(
                    combination == Combination.CAT
                            ? side == 0 ? Tensors.times(stored, scaled) : stored
                            : Tensors.times(stored, side == 0 && scaled < 0 ? -root : root));
        }
        if (combination == Combination.CAT) {
            return cat(new TensorVector(parts.toArray(new Tensor[0])), side);
        }
        Tensor sum = parts.get(0);
        for (Tensor part : parts.subList(1, parts.size())) {
            if (!Arrays.equals(Tensors.shape(part), Tensors.shape(sum))) {
                throw new ConfigException("--combine linear: at " + module + " the adapters have ranks "
                        + sum.size(side) + " and " + part.size(side) + ", and sums of factors need one; take cat");
            }
            sum = sum.add(part);
        }
        return sum;
    }

    /** Zeros behind a factor of smaller rank than the others': one rank is said of all. */
    private static Tensor filled(String name, Tensor tensor, long rank) {
        int side = A.stream().anyMatch(name::endsWith) ? 0 : B.stream().anyMatch(name::endsWith) ? 1 : -1;
        if (side < 0 || tensor.size(side) == rank) {
            return tensor.contiguous();
        }
        long[] missing = Tensors.shape(tensor);
        missing[side] = rank - missing[side];
        return cat(new TensorVector(tensor, Tensors.zeros(missing)), side).contiguous();
    }

    /** What is saved beside the factors: heads, biases, tables. One may bring each. */
    private static Map<String, Tensor> others(List<One> all) {
        var others = new LinkedHashMap<String, Tensor>();
        for (One one : all) {
            one.stored().forEach((name, tensor) -> {
                if (A.stream().anyMatch(name::endsWith) || B.stream().anyMatch(name::endsWith)) {
                    return;
                }
                Tensor before = others.putIfAbsent(name, tensor);
                if (before != null && !before.equal(tensor)) {
                    throw new ConfigException(one.directory() + ": brings its own " + name
                            + ", as one before it does, and there is no sum of two; use one of them at a time");
                }
            });
        }
        return others;
    }

    private static ObjectNode config(List<One> all, Set<String> modules, long rank) {
        ObjectNode config = PeftDefaults.of(PeftType.LORA);
        ObjectNode first = all.get(0).config().tree();
        config.put("peft_type", PeftType.LORA.name());
        for (String key : List.of("base_model_name_or_path", "task_type", "fan_in_fan_out", "bias")) {
            if (first.has(key)) {
                config.set(key, first.get(key));
            }
        }
        config.put("r", rank).put("lora_alpha", rank);
        var targets = config.putArray("target_modules");
        modules.forEach(targets::add);
        var saved = new LinkedHashSet<String>();
        all.forEach(one -> saved.addAll(one.config().namedModules())); // those that the task implies come by themselves
        if (!saved.isEmpty()) {
            var list = config.putArray("modules_to_save");
            new TreeSet<>(saved).forEach(list::add);
        }
        return PeftDefaults.sorted(config);
    }
}
