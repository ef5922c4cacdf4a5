package org.counterweight.merge.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.MergeRecipe.Slice;
import org.counterweight.merge.mergekit.MergeRecipe.Source;

/**
 * The parts of a model that are cut each by itself: encoder and decoder, pictures and words. A module of a recipe takes the
 * stacks and loose tensors that bear its name; what none takes is merged whole, from the sources of the first module.
 *
 * @param slices by module, in the order of the recipe
 */
record Modules(Map<String, List<Slice>> slices) {
    private static final Pattern PICTURES = Pattern.compile("vision|visual|image|audio|speech");

    /** What mergekit calls modules whose tensors are called otherwise. */
    private static final Map<String, Pattern> KNOWN = Map.of(
            "text_decoder", Pattern.compile("language_model|text_model|text_decoder"),
            "vision_tower", Pattern.compile("vision|visual"));

    static Modules of(List<Slice> all) {
        var slices = new LinkedHashMap<String, List<Slice>>();
        all.forEach(slice ->
                slices.computeIfAbsent(slice.module(), key -> new ArrayList<>()).add(slice));
        return new Modules(slices);
    }

    /** The slices of one stack, or of a loose tensor. */
    List<Slice> of(String name) {
        for (var module : slices.entrySet()) {
            if (takes(module.getKey(), name)) {
                return module.getValue();
            }
        }
        return List.of(whole(first().get(0)));
    }

    private List<Slice> first() {
        return slices.values().iterator().next();
    }

    private static Slice whole(Slice slice) {
        return slice.withSources(slice.sources().stream()
                .map(source -> new Source(source.model(), 0, -1, source.parameters(), source.field()))
                .toList());
    }

    private static boolean takes(String module, String name) {
        if (module.equals(MergeRecipe.ALL)) {
            return true;
        }
        if (name.equals(module) || ("." + name + ".").contains("." + module + ".")) {
            return true;
        }
        Pattern known = KNOWN.get(module);
        return known != null && known.matcher(name).find()
                || module.equals("text_decoder") && !PICTURES.matcher(name).find() && !name.contains("projector");
    }

    /**
     * Refuses modules that name nothing, and cuts of which it is not said what they cut.
     *
     * @param model whose layers the first slice takes
     */
    void check(ModelLayout model) {
        for (String module : slices.keySet()) {
            boolean isThere = model.tensors().keySet().stream().anyMatch(name -> takes(module, name));
            if (!isThere) {
                throw new ConfigException(
                        "modules." + module + ": " + model.reference().text()
                                + " has no tensors of that name; its stacks of layers are " + stacks(model));
            }
        }
        boolean isCut = first().size() > 1 || first().get(0).sources().stream().anyMatch(source -> source.to() >= 0);
        if (slices.containsKey(MergeRecipe.ALL) && isCut && model.stacks().size() > 1) {
            throw new ConfigException("slices: " + model.reference().text() + " has several stacks of layers, "
                    + stacks(model) + "; say which one is cut, by a part of its name: modules: {"
                    + model.stacks().get(0).replaceFirst("\\..*", "") + ": {slices: […]}}");
        }
    }

    private static String stacks(ModelLayout model) {
        return model.stacks().isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        model.stacks().stream()
                                .map(stack -> stack + " (" + model.layers(stack) + ")")
                                .toList());
    }
}
