package org.counterweight.merge.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.tensor.ModelTensor;
import org.counterweight.merge.tensor.WholeTensors;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The models of a recipe, open until this is closed. */
public final class OpenModels implements AutoCloseable {
    private final Map<ModelReference, ModelLayout> layouts = new LinkedHashMap<>();

    /**
     * Opens the models, and calls their tensors as the donor of the config does.
     *
     * @param dequantize whether models that are stored as codes are widened, where it is known how
     * @param notes is told of models that call their tensors otherwise
     * @throws WeightsException if one is broken, or quantised
     */
    public static OpenModels of(MergeRecipe recipe, boolean dequantize, Consumer<String> notes) {
        return of(recipe.models(), recipe.donor(), dequantize, notes);
    }

    /** The same of models that no recipe names. */
    public static OpenModels of(
            List<ModelReference> models, ModelReference donor, boolean dequantize, Consumer<String> notes) {
        var opened = new LinkedHashMap<ModelReference, ModelDirectory>();
        try {
            models.forEach(reference -> opened.put(reference, ModelDirectory.open(reference.path())));
            return new OpenModels(donor, opened, dequantize, notes);
        } catch (RuntimeException e) {
            opened.values().forEach(ModelDirectory::close);
            throw e;
        }
    }

    private OpenModels(
            ModelReference donor,
            Map<ModelReference, ModelDirectory> opened,
            boolean dequantize,
            Consumer<String> notes) {
        var tensors = new LinkedHashMap<ModelReference, Map<String, ModelTensor>>();
        opened.forEach((reference, directory) -> tensors.put(reference, WholeTensors.of(directory, dequantize)));
        Set<String> names = tensors.getOrDefault(donor, Map.of()).keySet();
        opened.forEach((reference, directory) -> {
            Map<String, ModelTensor> own = tensors.getOrDefault(reference, Map.of());
            FamilyNames family = FamilyNames.between(own.keySet(), names);
            family.changes()
                    .forEach(change -> notes.accept(reference.text() + ": names that begin with \"" + change.here()
                            + "\" are read as \"" + change.there() + "\", as " + donor.text() + " has them"));
            layouts.put(reference, new ModelLayout(reference, directory, renamed(own, family)));
        });
    }

    private static Map<String, ModelTensor> renamed(Map<String, ModelTensor> own, FamilyNames family) {
        if (family.renamed().isEmpty()) {
            return own;
        }
        var renamed = new LinkedHashMap<String, ModelTensor>();
        own.forEach((name, tensor) -> renamed.put(family.of(name), tensor.named(family.of(name))));
        return renamed;
    }

    /** In the order in which the recipe names them. */
    public List<ModelLayout> all() {
        return List.copyOf(layouts.values());
    }

    public boolean contains(ModelReference reference) {
        return layouts.containsKey(reference);
    }

    public ModelLayout get(ModelReference reference) {
        ModelLayout layout = layouts.get(reference);
        if (layout == null) {
            throw new IllegalStateException(reference.text() + " was not opened");
        }
        return layout;
    }

    /**
     * Those that say none are of any: names and shapes of their tensors are compared too.
     *
     * @throws ConfigException if the config of one names other architectures than that of {@code first}
     */
    public void checkArchitectures(ModelLayout first) {
        JsonNode own = architectures(first);
        for (ModelLayout model : layouts.values()) {
            JsonNode other = architectures(model);
            if (!own.isEmpty() && !other.isEmpty() && !own.equals(other)) {
                throw new ConfigException(first.reference().text() + " is " + own + ", "
                        + model.reference().text() + " is " + other
                        + "; only models of one architecture can be merged (--allow-crimes tries nevertheless)");
            }
        }
    }

    private static JsonNode architectures(ModelLayout model) {
        return model.directory().hasConfig()
                ? model.directory().config().path("architectures")
                : MissingNode.getInstance();
    }

    @Override
    public void close() {
        layouts.values().forEach(layout -> layout.directory().close());
    }
}
