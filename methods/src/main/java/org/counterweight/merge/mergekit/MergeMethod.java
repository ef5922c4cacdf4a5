package org.counterweight.merge.mergekit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Verb;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.merge.method.InGrammar;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.Models;
import org.jspecify.annotations.Nullable;

/**
 * A merge method of the catalogue as mergekit's grammar has it.
 *
 * @param label its name
 * @param settings what its parameters make for each tensor
 * @param parameters those that it reads
 * @param models which models it takes
 * @param form how the settings are filled
 */
public record MergeMethod(
        String label, Class<? extends MergeConfig> settings, List<String> parameters, Models models, GrammarForm form) {
    private static final String MASK_TYPE = "int8_mask"; // mergekit's, which changes memory there and nothing here
    private static final Map<String, MergeMethod> ALL = collected();

    /** What mergekit's files have, and no method of it reads. */
    private static final List<String> IDLE = List.of("embed_slerp");

    /** Every parameter of any method. */
    static final List<String> PARAMETERS = Stream.concat(
                    ALL.values().stream().flatMap(method -> method.parameters.stream()), IDLE.stream())
            .distinct()
            .sorted()
            .toList();

    private static Map<String, MergeMethod> collected() {
        var all = new LinkedHashMap<String, MergeMethod>();
        for (Method method : Catalogue.all()) {
            MergeMethod made = method.verb() == Verb.COMBINE ? of(method) : null;
            if (made != null) {
                all.put(made.label, made);
            }
        }
        return all;
    }

    private static @Nullable MergeMethod of(Method method) {
        InGrammar other = method.config().getAnnotation(InGrammar.class);
        if (other == null && !MergeConfig.class.isAssignableFrom(method.config())) {
            return null;
        }
        Class<? extends MergeConfig> settings =
                other == null ? method.config().asSubclass(MergeConfig.class) : other.value();
        Models models = Models.of(method.name(), settings);
        GrammarForm form = GrammarForm.of(settings);
        var parameters = new ArrayList<String>();
        form.parameters().forEach(parameter -> parameters.add(parameter.key()));
        if (other != null) {
            parameters.addAll(List.of(other.before()));
        }
        if (models.takes().differences()) {
            parameters.add(MASK_TYPE);
        }
        return new MergeMethod(method.name(), settings, List.copyOf(parameters), models, form);
    }

    /** All of them, in the order of the catalogue. */
    public static Stream<MergeMethod> all() {
        return ALL.values().stream();
    }

    /** Whether {@code base_model} must be given. */
    public boolean needsBase() {
        return models.needBase();
    }

    /** Whether it adds weighted, thinned differences to the base. */
    public boolean hasTaskVectors() {
        return models.takes().differences();
    }

    /** Whether the base takes part although it is not among the models. */
    public boolean usesBase() {
        return models.useBase();
    }

    /** @throws ConfigException if there is no such method; it names the nearest, and all */
    public static MergeMethod named(String name) {
        MergeMethod method = ALL.get(name);
        if (method != null) {
            return method;
        }
        List<String> names = List.copyOf(ALL.keySet());
        throw new ConfigException(
                "merge_method: \"" + name + "\" is unknown" + Nearest.hint(name, names, "Supported:"));
    }
}
