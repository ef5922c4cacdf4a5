package org.counterweight.model.module;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.module.ModuleSpec.Layout;
import org.jspecify.annotations.Nullable;

/** The table of a model's modules, in the order of its layers, and what is asked of it. Immutable. */
public final class Modules {
    private final Map<String, ModuleSpec> byName;

    private Modules(Map<String, ModuleSpec> byName) {
        this.byName = byName;
    }

    /** @throws IllegalArgumentException if two have one name */
    public static Modules of(List<ModuleSpec> specs) {
        var byName = new LinkedHashMap<String, ModuleSpec>();
        for (ModuleSpec spec : specs) {
            if (byName.put(spec.name(), spec) != null) {
                throw new IllegalArgumentException("two modules are named " + spec.name());
            }
        }
        return new Modules(Collections.unmodifiableMap(byName));
    }

    /** Linear modules of the body alone, by these names. */
    public static Modules ofLinears(List<String> names) {
        return of(names.stream().map(name -> new ModuleSpec(name, Kind.LINEAR)).toList());
    }

    /** Those of them that pass. */
    public Modules where(Predicate<ModuleSpec> passes) {
        return of(byName.values().stream().filter(passes).toList());
    }

    public List<ModuleSpec> all() {
        return List.copyOf(byName.values());
    }

    /** The module of that name, or null. */
    public @Nullable ModuleSpec find(String name) {
        return byName.get(name);
    }

    /** The names of the modules of that kind that have a weight of their own. */
    public List<String> of(Kind kind) {
        return byName.values().stream()
                .filter(spec -> spec.kind() == kind && spec.hasWeight())
                .map(ModuleSpec::name)
                .toList();
    }

    /** The names of the linear modules that {@code Params.linear} computes: what adapters can target. */
    public List<String> linears() {
        return of(Kind.LINEAR);
    }

    /** The names of the tables whose rows are looked up; the words' comes first. */
    public List<String> embeddings() {
        return of(Kind.EMBEDDING);
    }

    /** Whether the weight of that module is stored {@code [in, out]}, so that what stands there is {@code Transposed}. */
    public boolean isTransposed(String module) {
        ModuleSpec spec = byName.get(module);
        return spec != null && spec.layout() == Layout.IN_FIRST;
    }

    /**
     * The names of what stands behind the last hidden state, which a new task replaces and trains: {@code classifier},
     * {@code lm_head}. A tied head has no weight of its own, and no name here.
     */
    public List<String> heads() {
        return byName.values().stream()
                .filter(ModuleSpec::hasWeight)
                .map(ModuleSpec::head)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** The embedding module whose table is the head's weight too; null if the head has one of its own, or there is none. */
    public @Nullable String tiedEmbedding() {
        return byName.values().stream()
                .map(ModuleSpec::tiedTo)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** The names of the tensors that the data moves and the optimizer does not: running statistics. */
    public Set<String> buffers() {
        var names = new LinkedHashSet<String>();
        byName.values().forEach(spec -> spec.buffers().forEach(buffer -> names.add(spec.name() + "." + buffer.name())));
        return Collections.unmodifiableSet(names);
    }
}
