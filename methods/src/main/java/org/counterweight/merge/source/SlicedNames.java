package org.counterweight.merge.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.MergeRecipe.Slice;
import org.counterweight.merge.mergekit.MergeRecipe.Source;
import org.counterweight.merge.mergekit.ModelReference;
import org.jspecify.annotations.Nullable;

/**
 * The output's tensors by name, and what each is called in the models: loose tensors in front of the layers, the slices'
 * layers numbered anew, loose tensors behind them.
 */
public final class SlicedNames {
    private final MergeRecipe recipe;
    private final OpenModels models;
    private final List<Named> tensors = new ArrayList<>();
    private final Map<String, List<Origin>> layers = new LinkedHashMap<>();

    /**
     * One tensor of the output.
     *
     * @param slice whose sources and parameters hold for it
     * @param base the index of the base among the sources; −1 if it takes no part
     * @param names what it is called in each source
     * @param t its place among the layers of the slice, in [0, 1]
     */
    public record Named(Slice slice, int base, String name, List<String> names, double t) {
        /** The index of the source whose tensor says type and shape: the base, else the first. */
        public int lead() {
            return Math.max(0, base);
        }
    }

    /** One layer of the output: which layer of which model says what it is. */
    public record Origin(ModelLayout model, int layer) {}

    /** @throws ConfigException if the slices do not fit the models */
    public SlicedNames(MergeRecipe recipe, OpenModels models) {
        this.recipe = recipe;
        this.models = models;
        List<Slice> slices = recipe.slices().stream().map(this::withBase).toList();
        slices.forEach(this::checkCount);
        Modules modules = Modules.of(slices);
        modules.check(lead(slices.get(0)));
        addLoose(modules, slices, true);
        var stacks = new LinkedHashSet<String>();
        slices.forEach(slice -> stacks.addAll(lead(slice).stacks()));
        for (String stack : stacks) {
            var origins = new ArrayList<Origin>();
            modules.of(stack).forEach(slice -> addLayers(slice, stack, origins));
            layers.put(stack, origins);
        }
        addLoose(modules, slices, false);
    }

    /** The tensors, in the order of the output. */
    public List<Named> tensors() {
        return tensors;
    }

    /** The layers of the output, by stack. */
    public Map<String, List<Origin>> layers() {
        return layers;
    }

    private @Nullable ModelReference base(Slice slice) {
        return slice.base() == null ? recipe.base() : slice.base();
    }

    private Slice withBase(Slice slice) {
        ModelReference base = base(slice);
        if (base == null || !recipe.method().usesBase() || baseIndex(slice) >= 0) {
            return slice;
        }
        if (slice.sources().stream().anyMatch(source -> source.to() >= 0)) {
            throw new ConfigException("slices: base_model " + base.text() + " is not among the sources of the slice"
                    + " that begins with " + slice.sources().get(0).model().text() + "; add it with a layer_range");
        }
        var sources = new ArrayList<>(slice.sources());
        sources.add(new Source(base, 0, -1, Map.of(), "base_model"));
        return slice.withSources(sources);
    }

    private int baseIndex(Slice slice) {
        ModelReference base = base(slice);
        for (int i = 0;
                base != null
                        && recipe.method().usesBase()
                        && i < slice.sources().size();
                i++) {
            if (slice.sources().get(i).model().equals(base)) {
                return i;
            }
        }
        return -1;
    }

    private void checkCount(Slice slice) {
        int count = slice.sources().size();
        int others = count - (baseIndex(slice) >= 0 ? 1 : 0);
        recipe.method().models().check(others);
    }

    private ModelLayout lead(Slice slice) {
        return models.get(slice.sources().get(Math.max(0, baseIndex(slice))).model());
    }

    private void add(Slice slice, String name, List<String> names, double t) {
        tensors.add(new Named(slice, baseIndex(slice), name, names, t));
    }

    private void addLoose(Modules modules, List<Slice> slices, boolean front) {
        var names = new LinkedHashSet<String>();
        for (Slice slice : slices) {
            names.addAll(lead(slice).loose());
            for (Source source : slice.sources()) { // one stored head is enough for the output to have one
                models.get(source.model()).loose().stream()
                        .filter(TensorNames::isHead)
                        .forEach(names::add);
            }
        }
        for (String name : names) {
            List<Slice> own = modules.of(name);
            Slice slice = own.get(front ? 0 : own.size() - 1);
            if (TensorNames.isFront(name) == front && has(slice, name)) {
                add(slice, name, slice.sources().stream().map(source -> name).toList(), 0);
            }
        }
    }

    /** Whether the slice is one that decides of the tensor: its lead has it, or it is a head that one of its models has. */
    private boolean has(Slice slice, String name) {
        return lead(slice).loose().contains(name)
                || TensorNames.isHead(name)
                        && slice.sources().stream()
                                .anyMatch(source ->
                                        models.get(source.model()).loose().contains(name));
    }

    private void addLayers(Slice slice, String stack, List<Origin> origins) {
        Source lead = slice.sources().get(Math.max(0, baseIndex(slice)));
        int count = length(lead, stack);
        for (Source source : slice.sources()) {
            if (length(source, stack) != count) {
                throw new ConfigException(source.field() + ": " + length(source, stack) + " layers of " + stack + " in "
                        + source.model().text() + ", but " + count + " in "
                        + lead.model().text()
                        + "; all ranges of a slice have one length");
            }
        }
        for (int i = 0; i < count; i++) {
            double t = count == 1 ? 1 : (double) i / (count - 1);
            for (String suffix : models.get(lead.model()).suffixes(stack, lead.from() + i)) {
                int layer = i;
                List<String> names = slice.sources().stream()
                        .map(source -> stack + "." + (source.from() + layer) + "." + suffix)
                        .toList();
                add(slice, stack + "." + origins.size() + "." + suffix, names, t);
            }
            origins.add(new Origin(models.get(lead.model()), lead.from() + i));
        }
    }

    private int length(Source source, String stack) {
        int there = models.get(source.model()).layers(stack);
        if (source.to() > there) {
            throw new ConfigException(source.field() + ".layer_range: [" + source.from() + ", " + source.to()
                    + "] lies outside of " + source.model().text() + ", which has " + there + " layers of " + stack);
        }
        return source.to() < 0 ? there : source.to() - source.from();
    }
}
