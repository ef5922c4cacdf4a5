package org.counterweight.merge.mergekit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;

/** The merge methods of mergekit's grammar that we have, and at the end our own in the same grammar. */
public enum MergeMethod {
    LINEAR(false, "weight", "normalize"),
    PASSTHROUGH(false, "scale"),
    SLERP(true, "t"),
    NUSLERP(false, "weight", "nuslerp_flatten", "nuslerp_row_wise"),
    TASK_ARITHMETIC(true, "weight", "normalize", "rescale", "lambda", "int8_mask"),
    TIES(true, "weight", "density", "normalize", "rescale", "lambda", "int8_mask"),
    DARE_TIES(true, "weight", "density", "normalize", "rescale", "rescale_mode", "lambda", "int8_mask"),
    DARE_LINEAR(true, "weight", "density", "normalize", "rescale", "rescale_mode", "lambda", "int8_mask"),
    BREADCRUMBS(true, "weight", "density", "gamma", "normalize", "rescale", "lambda", "int8_mask"),
    BREADCRUMBS_TIES(true, "weight", "density", "gamma", "normalize", "rescale", "lambda", "int8_mask"),
    DELLA(true, "weight", "density", "epsilon", "normalize", "rescale", "rescale_mode", "lambda", "int8_mask"),
    DELLA_LINEAR(true, "weight", "density", "epsilon", "normalize", "rescale", "rescale_mode", "lambda", "int8_mask"),
    MODEL_STOCK(true, "filter_wise", "stock_eps", "clamp_t"),
    WISE_FT(true, "alpha"),
    LINES(true, "alpha", "beta"),
    UNIFORM_SOUP(false),
    GREEDY_SOUP(false, "dev", "text", "label");

    /** Every parameter of any method. */
    static final List<String> PARAMETERS = Stream.of(values())
            .flatMap(method -> method.parameters.stream())
            .distinct()
            .sorted()
            .toList();

    private static final List<String> NOT_OURS =
            List.of("karcher", "multislerp", "nearswap", "sce", "arcee_fusion", "ram", "ramplus_tl");

    private final boolean needsBase;
    private final List<String> parameters;

    MergeMethod(boolean needsBase, String... parameters) {
        this.needsBase = needsBase;
        this.parameters = List.of(parameters);
    }

    /** Whether {@code base_model} must be given. */
    boolean needsBase() {
        return needsBase;
    }

    /** The parameters that it reads. */
    public List<String> parameters() {
        return parameters;
    }

    /** Whether it adds weighted, thinned differences to the base. */
    public boolean hasTaskVectors() {
        return parameters.contains("lambda");
    }

    /** Whether the base takes part although it is not among the models. */
    public boolean usesBase() {
        return needsBase || this == NUSLERP;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws ConfigException if there is no such method; it names the nearest, and all */
    public static MergeMethod named(String name) {
        var names = new ArrayList<String>();
        for (MergeMethod method : values()) {
            if (method.label().equals(name)) {
                return method;
            }
            names.add(method.label());
        }
        if (NOT_OURS.contains(name)) {
            throw new ConfigException("merge_method: \"" + name + "\" is a known mergekit method, not supported here."
                    + " Supported: " + String.join(", ", names));
        }
        throw new ConfigException(
                "merge_method: \"" + name + "\" is unknown" + Nearest.hint(name, names, "Supported:"));
    }
}
