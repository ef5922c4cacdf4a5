package org.counterweight.model.part;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.module.Modules;

/** A model's modules and the shapes of their weights, each said once, in the order of its layers. */
public final class Shapes {
    private final Map<String, long[]> byName = new LinkedHashMap<>();
    private final List<ModuleSpec> modules = new ArrayList<>();

    /** A tensor that belongs to no module of its own. */
    public Shapes put(String name, long... shape) {
        byName.put(name, shape);
        return this;
    }

    /** A module whose weight has that shape. */
    public Shapes module(ModuleSpec spec, long... shape) {
        modules.add(spec);
        return put(spec.weight(), shape);
    }

    /** A module whose weight is {@code [out, in]}. */
    public Shapes linear(String module, long out, long in, boolean bias) {
        module(new ModuleSpec(module, Kind.LINEAR), out, in);
        return bias ? put(module + ".bias", out) : this;
    }

    /** The same, as the head that bears its name. */
    public Shapes head(String module, long out, long in, boolean bias) {
        module(new ModuleSpec(module, Kind.LINEAR).inHead(module), out, in);
        return bias ? put(module + ".bias", out) : this;
    }

    /** A module whose weight is stored {@code [in, out]}. */
    public Shapes conv1d(String module, long out, long in) {
        return module(new ModuleSpec(module, Kind.LINEAR).inFirst(), in, out).put(module + ".bias", out);
    }

    /** A module whose weight is {@code [out, in, kernel, kernel]}. */
    public Shapes convolution(String module, long out, long in, long kernel, boolean bias) {
        module(new ModuleSpec(module, Kind.CONVOLUTION), out, in, kernel, kernel);
        return bias ? put(module + ".bias", out) : this;
    }

    /** A recurrent module: each of its weights with the bias that goes with it. */
    public Shapes recurrent(ModuleSpec spec, List<long[]> sizes) {
        modules.add(spec);
        for (int i = 0; i < sizes.size(); i++) {
            String weight = spec.weights().get(i);
            put(weight, sizes.get(i));
            put(weight.replaceFirst("\\.weight(?=_[a-z_0-9]+$)", ".bias"), sizes.get(i)[0]);
        }
        return this;
    }

    /** A table of {@code [rows, width]}. */
    public Shapes embedding(String module, long rows, long width) {
        return module(new ModuleSpec(module, Kind.EMBEDDING), rows, width);
    }

    /** Scale and shift of a normalisation. */
    public Shapes norm(String module, long width) {
        return norm(new ModuleSpec(module, Kind.NORM), width);
    }

    /** The same, with what else there is to say about it; its buffers are as wide. */
    public Shapes norm(ModuleSpec spec, long width) {
        module(spec, width).put(spec.name() + ".bias", width);
        spec.buffers().forEach(buffer -> put(spec.name() + "." + buffer.name(), width));
        return this;
    }

    /** A normalisation that has a scale alone. */
    public Shapes scale(String module, long width) {
        return module(new ModuleSpec(module, Kind.NORM), width);
    }

    /** A head whose weight is that embedding's table. */
    public Shapes tied(ModuleSpec spec) {
        modules.add(spec);
        return this;
    }

    public Map<String, long[]> byName() {
        return Collections.unmodifiableMap(byName);
    }

    public Modules modules() {
        return Modules.of(modules);
    }
}
