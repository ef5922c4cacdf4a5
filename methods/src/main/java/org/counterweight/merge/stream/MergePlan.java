package org.counterweight.merge.stream;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.LayerName;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.MergeRecipe.Slice;
import org.counterweight.merge.mergekit.MergeSetting;
import org.counterweight.merge.mergekit.TokenizerChoice;
import org.counterweight.merge.source.ClassNames;
import org.counterweight.merge.source.LayerCounts;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.merge.source.OpenModels;
import org.counterweight.merge.source.SlicedNames;
import org.counterweight.merge.source.TensorNames;
import org.counterweight.merge.tokens.Vocabularies;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * A merge resolved to a list of tensors, from headers alone: every model, name, shape and parameter is checked, and the size
 * of the output is known, before a byte is moved. Holds the models open until it is closed.
 */
public final class MergePlan implements AutoCloseable {
    private static final int LISTED = 5;

    private final MergeRecipe recipe;
    private final MergeOptions options;
    private final OpenModels models;
    private final Set<String> notes;
    private final @Nullable Vocabularies vocabularies;
    private final SlicedNames names;
    private final List<PlannedTensor> tensors;

    private MergePlan(MergeRecipe recipe, MergeOptions options, OpenModels models, Set<String> notes) {
        this.recipe = recipe;
        this.options = options;
        this.models = models;
        this.notes = notes;
        if (!options.allowCrimes()) {
            models.checkArchitectures(models.get(recipe.donor()));
            ClassNames.check(models.all(), recipe.base(), options.allowShapeMismatch());
        }
        noteIdle();
        TokenizerChoice choice = recipe.tokenizer();
        this.vocabularies = choice == null ? null : Vocabularies.of(choice, recipe, models, notes::add);
        this.names = new SlicedNames(recipe, models);
        int layers = LayerName.count(
                names.tensors().stream().map(SlicedNames.Named::name).toList());
        var planner = new TensorPlanner(recipe, options, models, layers, vocabularies, notes::add);
        this.tensors = names.tensors().stream().map(planner::plan).toList();
        if (tensors.isEmpty()) {
            throw new WeightsException(donor().directory().path(), "holds no tensors; there is nothing to merge");
        }
        noteLayers();
        noteIdleFilters();
        noteExtras();
    }

    /**
     * Opens the models and plans.
     *
     * @throws ConfigException if the recipe does not fit the models
     * @throws WeightsException if a model is broken, or lacks what the others have
     */
    public static MergePlan of(MergeRecipe recipe, MergeOptions options) {
        var notes = new LinkedHashSet<String>();
        OpenModels models = OpenModels.of(recipe, options.dequantize(), notes::add);
        try {
            return new MergePlan(recipe, options, models, notes);
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private void noteIdle() {
        for (String key : recipe.idleKeys()) {
            notes.add(key + " is no key of a merge file and is read only where an alias says so");
        }
        var given = new LinkedHashSet<>(recipe.parameters().keySet());
        for (Slice slice : recipe.slices()) {
            slice.levels().forEach(level -> given.addAll(level.keySet()));
            slice.sources().forEach(source -> given.addAll(source.parameters().keySet()));
        }
        recipe.method().parameters().forEach(given::remove);
        for (String idle : given) {
            notes.add("parameters." + idle + " means nothing to "
                    + recipe.method().label() + " and is not read");
        }
    }

    /** The config must say how many layers there are; where ours cannot, the user must. */
    private void noteLayers() {
        if (!donor().directory().hasConfig()) {
            return;
        }
        layers().forEach((stack, origins) -> {
            int before = donor().layers(stack);
            if (origins.size() != before
                    && LayerCounts.of(donor().directory().config(), stack, before)
                            .isEmpty()) {
                notes.add("the output has " + origins.size() + " layers of " + stack + ", but the config of "
                        + donor().reference().text() + " counts them under no known key; write the number into the"
                        + " output's config.json");
            }
        });
    }

    /** A filter may be misspelt, and may be meant for a tensor that these models do not have. */
    private void noteIdleFilters() {
        var given = new ArrayList<>(recipe.parameters().values());
        for (Slice slice : recipe.slices()) {
            slice.levels().forEach(level -> given.addAll(level.values()));
            slice.sources().forEach(source -> given.addAll(source.parameters().values()));
        }
        given.stream().flatMap(MergeSetting::filters).distinct().forEach(filter -> {
            boolean found =
                    tensors.stream().anyMatch(tensor -> tensor.info().name().contains(filter))
                            || models.all().stream()
                                    .flatMap(model -> model.tensors().keySet().stream())
                                    .anyMatch(name -> name.contains(filter));
            if (!found) {
                notes.add("the filter \"" + filter + "\" is part of no tensor's name");
            }
        });
    }

    private void noteExtras() {
        var merged = new HashSet<>(donor().tensors().keySet());
        tensors.forEach(tensor -> merged.add(tensor.info().name()));
        var left = new LinkedHashSet<String>();
        for (ModelLayout model : models.all()) {
            model.tensors().forEach((name, tensor) -> {
                if (!merged.contains(name)
                        && !TensorNames.isBuffer(name, tensor.info().shape())) { // whoever lacks them computes them
                    left.add(name);
                }
            });
        }
        if (!left.isEmpty()) {
            notes.add(left.size() + " tensors that " + donor().reference().text() + " lacks are left out: "
                    + String.join(", ", left.stream().limit(LISTED).toList()) + (left.size() > LISTED ? ", …" : ""));
        }
    }

    public MergeRecipe recipe() {
        return recipe;
    }

    public MergeOptions options() {
        return options;
    }

    /** What the user should know: models left out of a tensor, tensors that only other models have, idle parameters. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** The output's tensors, in order. */
    public List<TensorInfo> output() {
        return tensors.stream().map(PlannedTensor::info).toList();
    }

    List<PlannedTensor> tensors() {
        return tensors;
    }

    /** The directories and files that are read. */
    public List<Path> inputs() {
        return models.all().stream().map(model -> model.directory().path()).toList();
    }

    /** The models, in the order in which the recipe names them. */
    List<ModelLayout> models() {
        return models.all();
    }

    ModelLayout donor() {
        return models.get(recipe.donor());
    }

    /** The layers of the output, by stack. */
    Map<String, List<SlicedNames.Origin>> layers() {
        return names.layers();
    }

    /** The vocabularies if the output's was chosen, else null. */
    @Nullable
    Vocabularies vocabularies() {
        return vocabularies;
    }

    @Override
    public void close() {
        models.close();
    }
}
