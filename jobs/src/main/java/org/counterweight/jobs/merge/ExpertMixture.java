package org.counterweight.jobs.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.companion.Companions;
import org.counterweight.merge.companion.JsonFile;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.moe.MixtureForm;
import org.counterweight.merge.moe.MixtureRecipe;
import org.counterweight.merge.moe.MixtureRecipe.Expert;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.merge.source.OpenModels;
import org.counterweight.merge.tensor.LoadedTensor;
import org.counterweight.merge.tensor.ModelTensor;
import org.counterweight.weights.DType;
import org.counterweight.weights.StoredType;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a mixture of experts from dense models as mergekit-moe's file says, in the memory of one tensor beside the gates; for gates
 * of hidden states the base is loaded too.
 *
 * @param seed of drawn gates and of noise
 * @param dequantize whether models of block FP8 or 4 bits are widened
 */
public record ExpertMixture(MixtureRecipe recipe, long seed, long shardBytes, boolean dequantize) {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.mlp\\.(\\w+)\\.weight");
    private static final Pattern BIAS = Pattern.compile("model\\.layers\\.\\d+\\.self_attn\\.[qkv]_proj\\.weight");

    /** A tensor of the output, and how it is made. */
    private record Part(TensorInfo info, Supplier<Tensor> made) {}

    /** The models that are read. */
    public List<Path> inputs() {
        return references().stream().map(ModelReference::path).toList();
    }

    private List<ModelReference> references() {
        var references = new ArrayList<ModelReference>();
        references.add(recipe.base());
        experts().forEach(expert -> references.add(expert.model()));
        return references.stream().distinct().toList();
    }

    private List<Expert> experts() {
        var experts = new ArrayList<>(recipe.experts());
        if (recipe.shared() != null) {
            experts.add(recipe.shared());
        }
        return experts;
    }

    /**
     * Writes the model's directory, whole or not at all; with no target it checks alone.
     *
     * @return what a user should know, one line each
     * @throws ConfigException if the models make no mixture that is known
     */
    public List<String> write(@Nullable Path output) {
        var said = new ArrayList<String>();
        try (var scope = Scope.open();
                OpenModels models = OpenModels.of(references(), recipe.base(), dequantize, said::add)) {
            ModelLayout base = models.get(recipe.base());
            ObjectNode config = base.directory().config();
            MixtureForm form = MixtureForm.of(recipe, type(models));
            int layers = config.path("num_hidden_layers").asInt();
            List<Part> parts = parts(models, form);
            if (output == null) {
                said.add("The recipe fits: " + (parts.size() + layers) + " tensors.");
                return said;
            }
            var gates = new Gates(recipe, layers, config.path("hidden_size").asLong(), seed);
            parts.addAll(gateParts(form, gates.of(experts()), type(base)));
            Quantisation.forget(config);
            form.describe(config, recipe);
            try (WeightsWriter writer =
                    WeightsWriter.output(output, parts.stream().map(Part::info).toList(), ledger(), shardBytes)) {
                for (Part part : parts) {
                    try (var inner = Scope.open()) {
                        writer.write(
                                part.info().name(),
                                part.made().get().to(part.info().dtype().type()));
                    }
                }
                writeBeside(base, config, writer.directory(), type(base));
                writer.commit();
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void writeBeside(ModelLayout base, ObjectNode config, Path directory, DType type) throws IOException {
        StoredType.put(config, type);
        JsonFile.write(directory.resolve("config.json"), config);
        base.directory().copyCompanions(directory);
        Companions.copy(base.directory().path(), directory);
        Files.writeString(directory.resolve("mergekit_moe_config.yml"), recipe.text());
    }

    private String type(OpenModels models) {
        List<String> types = models.all().stream()
                .map(model -> model.directory().config().path("model_type").asString(""))
                .distinct()
                .toList();
        if (types.size() > 1) {
            throw new ConfigException("experts: models of the types " + String.join(", ", types)
                    + "; a mixture is made of models of one type");
        }
        return types.get(0);
    }

    /** The type that is written: as asked, or as the base has its weights. */
    private DType type(ModelLayout base) {
        return recipe.dtype() != null
                ? recipe.dtype()
                : base.tensors().values().iterator().next().info().dtype();
    }

    private List<Part> parts(OpenModels models, MixtureForm form) {
        ModelLayout base = models.get(recipe.base());
        DType type = type(base);
        var parts = new ArrayList<Part>();
        base.tensors().forEach((name, tensor) -> {
            Matcher feedForward = LAYER.matcher(name);
            if (!feedForward.matches()) {
                parts.add(part(name, tensor, type, null));
                if (form.hasShared() && BIAS.matcher(name).matches()) {
                    addBias(name.replaceFirst("weight$", "bias"), tensor, base, type, parts);
                }
                return;
            }
            int layer = Integer.parseInt(feedForward.group(1));
            String projection = feedForward.group(2);
            for (int i = 0; i < recipe.experts().size(); i++) {
                Expert expert = recipe.experts().get(i);
                parts.add(part(form.expert(layer, i, projection), own(models, expert, name, tensor), type, expert));
            }
            Expert shared = recipe.shared();
            if (shared != null) {
                parts.add(part(form.shared(layer, projection), own(models, shared, name, tensor), type, shared));
            }
        });
        return parts;
    }

    /** Qwen's attention has biases; zeros where the models have none. */
    private static void addBias(String name, ModelTensor weight, ModelLayout base, DType type, List<Part> parts) {
        if (!base.tensors().containsKey(name)) {
            long rows = weight.info().shape()[0];
            parts.add(new Part(new TensorInfo(name, type, rows), () -> Tensors.zeros(rows)));
        }
    }

    private static ModelTensor own(OpenModels models, Expert expert, String name, ModelTensor like) {
        ModelLayout model = models.get(expert.model());
        ModelTensor own = model.tensors().get(name);
        if (own == null || !Arrays.equals(own.info().shape(), like.info().shape())) {
            throw new WeightsException(
                    model.directory().path(),
                    own == null
                            ? "has no " + name + ", which the base has"
                            : own.info() + ", but " + like.info() + " in the base; experts are of the base's sizes");
        }
        return own;
    }

    private Part part(String name, ModelTensor tensor, DType type, @Nullable Expert expert) {
        return new Part(new TensorInfo(name, type, tensor.info().shape()), () -> {
            Tensor loaded = LoadedTensor.stored(tensor);
            if (expert == null || expert.noise() == 0 && expert.residual() == 1) {
                return loaded;
            }
            Tensor changed = loaded.to(DType.F32.type());
            if (expert.noise() != 0) {
                var random = Tensors.optional(new Seed(seed).child(name).generator());
                Tensor noise = Tensors.zeros(Tensors.shape(changed)).normal_(0, expert.noise(), random);
                changed = changed.add(noise);
            }
            return name.contains("down_proj") || name.endsWith("w2.weight")
                    ? changed.mul(Tensors.scalar(expert.residual()))
                    : changed;
        });
    }

    private List<Part> gateParts(MixtureForm form, List<Tensor> gates, DType type) {
        var parts = new ArrayList<Part>();
        int experts = recipe.experts().size();
        for (int i = 0; i < gates.size(); i++) {
            Tensor gate = gates.get(i);
            parts.add(gate(form.gate(i), Tensors.slice(gate, 0, 0, experts), type));
            if (form.hasShared()) {
                parts.add(gate(form.sharedGate(i), Tensors.slice(gate, 0, experts, experts + 1), type));
            }
        }
        return parts;
    }

    private static Part gate(String name, Tensor rows, DType type) {
        return new Part(new TensorInfo(name, type, Tensors.shape(rows)), () -> rows);
    }

    private Map<String, String> ledger() {
        var inputs = new LinkedHashMap<String, Ledger.Input>();
        references()
                .forEach(reference -> inputs.put(
                        reference.text(), new Ledger.Input(reference.text(), Ledger.digest(reference.path()))));
        return Ledger.of("mixture_of_experts", recipe.tree(), List.copyOf(inputs.values()), seed, null)
                .metadata();
    }
}
