package org.counterweight.merge.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Quantisation;
import org.counterweight.weights.WeightsException;

/** The models of a recipe, open until this is closed. */
public final class OpenModels implements AutoCloseable {
    private final Map<ModelReference, ModelLayout> layouts = new LinkedHashMap<>();

    /** @throws WeightsException if one is broken */
    public static OpenModels of(MergeRecipe recipe) {
        var models = new OpenModels();
        try {
            for (ModelReference reference : recipe.models()) {
                models.layouts.put(reference, layout(reference));
            }
            return models;
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private static ModelLayout layout(ModelReference reference) {
        ModelDirectory directory = ModelDirectory.open(reference.path());
        try {
            Quantisation.refuse(directory);
            return new ModelLayout(reference, directory);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
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

    /** @throws ConfigException if the config of one names other architectures than that of {@code first} */
    public void checkArchitectures(ModelLayout first) {
        if (!first.directory().hasConfig()) {
            return;
        }
        for (ModelLayout other : layouts.values()) {
            if (other.directory().hasConfig()
                    && !first.directory()
                            .config()
                            .path("architectures")
                            .equals(other.directory().config().path("architectures"))) {
                throw new ConfigException(first.reference().text() + " is "
                        + first.directory().config().path("architectures") + ", "
                        + other.reference().text() + " is "
                        + other.directory().config().path("architectures")
                        + "; only models of one architecture can be merged (--allow-crimes tries nevertheless)");
            }
        }
    }

    @Override
    public void close() {
        layouts.values().forEach(layout -> layout.directory().close());
    }
}
