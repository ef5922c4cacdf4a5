package org.counterweight.model.part;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The shapes of a model's weights, collected in the order of its layers. */
public final class Shapes {
    private final Map<String, long[]> byName = new LinkedHashMap<>();
    private final List<String> linears = new ArrayList<>();

    public Shapes put(String name, long... shape) {
        byName.put(name, shape);
        return this;
    }

    /** A module whose weight is {@code [out, in]}. */
    public Shapes linear(String module, long out, long in, boolean bias) {
        linears.add(module);
        put(module + ".weight", out, in);
        return bias ? put(module + ".bias", out) : this;
    }

    /** A module whose weight is stored {@code [in, out]}. */
    public Shapes conv1d(String module, long out, long in) {
        linears.add(module);
        return put(module + ".weight", in, out).put(module + ".bias", out);
    }

    /** Scale and shift of a normalisation. */
    public Shapes norm(String module, long width) {
        return put(module + ".weight", width).put(module + ".bias", width);
    }

    public Map<String, long[]> byName() {
        return Collections.unmodifiableMap(byName);
    }

    public List<String> linears() {
        return List.copyOf(linears);
    }
}
