package org.counterweight.jobs.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.ConfigException;
import org.counterweight.datasets.Holdings;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.model.Model;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Holds a recipe against the model that it names, as far as its files' headers tell. */
record ModelCheck(Recipe recipe, RunTask task) {
    /** The model that there is, with the head for the task; null of one that starts from random weights, by the recipe's own sizes. */
    @Nullable
    ModelDescription ofRecipe() {
        String name = recipe.model().name();
        if (name == null) {
            return null;
        }
        Sources.checkModel(name);
        Path model = Path.of(name);
        return Files.isDirectory(model) ? of(model) : of(model, Holdings.config(name));
    }

    /** Holds the recipe against a model that is here already, whose headers cost nothing to read. */
    ModelDescription of(Path directory) {
        try (ModelDirectory files = recipe.model().fromScratch()
                ? ModelDirectory.withoutWeights(directory)
                : ModelDirectory.open(directory)) {
            Quantisation.refuse(files);
            ModelDescription described = of(directory, files.config());
            if (!recipe.model().fromScratch()) {
                BaseModel.checkComplete(files, described.model(), task.heads(described.model()));
            }
            return described;
        }
    }

    /** The same of what its {@code config.json} says. */
    private ModelDescription of(Path origin, ObjectNode config) {
        ModelDescription described = task.describe(origin, config, List.of("0", "1"));
        if (recipe.data() instanceof TextData texts
                && texts.documentMasks()
                && !described.model().keepsTextsApart()) {
            throw new ConfigException("data.document_masks: a recurrent network reads a row from its first token to its"
                    + " last, whatever documents it has; leave document_masks out, or take a transformer");
        }
        if (recipe.reparametrize() != null) {
            recipe.reparametrize().settings().check(described.model());
        }
        if (recipe.adapter() == null) {
            return described;
        }
        recipe.output().adapterFormat().checkReaders(described.foreign());
        Model model = described.model();
        Attachment settings = recipe.adapter().settings();
        List<String> modules = settings.check(model, task.heads(model));
        if (settings instanceof AdapterConfig adapter) {
            recipe.output().adapterFormat().check(adapter, model, modules);
        }
        return described;
    }
}
