package org.counterweight.reparametrize;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.counterweight.adapt.ModuleNames;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.model.Model;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;

/**
 * The modules of a model whose weights are trained through others: linear, convolution and recurrent ones, the head included,
 * and embeddings where they are asked for. A table that several modules share stands there once.
 */
public record Selection(List<ModuleSpec> modules) {
    public Selection {
        modules = List.copyOf(modules);
    }

    /**
     * Those that the settings name.
     *
     * @param targets names, or dotted endings of names; empty for all
     * @param exclude the same, of those that are left out
     * @param embeddings whether tables count
     * @throws ConfigException if an entry matches nothing, or nothing is left
     */
    public static Selection of(Model model, List<String> targets, List<String> exclude, boolean embeddings) {
        Set<Kind> kinds = EnumSet.of(Kind.LINEAR, Kind.CONVOLUTION, Kind.TRANSPOSED_CONVOLUTION, Kind.RECURRENT);
        if (embeddings) {
            kinds.add(Kind.EMBEDDING);
        }
        List<ModuleSpec> known = model.modules().all().stream()
                .filter(ModuleSpec::hasWeight)
                .filter(spec -> kinds.contains(spec.kind()))
                .toList();
        refuseIdle("reparametrize.targets", targets, known);
        refuseIdle("reparametrize.exclude", exclude, known);
        List<ModuleSpec> chosen = known.stream()
                .filter(spec -> targets.isEmpty() || matches(targets, spec))
                .filter(spec -> !matches(exclude, spec))
                .toList();
        if (chosen.isEmpty()) {
            throw new ConfigException("reparametrize: no module is left to reparametrize; the model has " + named(known)
                    + (exclude.isEmpty() ? "" : ", and exclude takes all of them"));
        }
        return new Selection(chosen);
    }

    private static boolean matches(List<String> entries, ModuleSpec spec) {
        return entries.stream().anyMatch(entry -> ModuleNames.matches(entry, spec.name()));
    }

    private static void refuseIdle(String field, List<String> entries, List<ModuleSpec> known) {
        for (String entry : entries) {
            if (known.stream().noneMatch(spec -> ModuleNames.matches(entry, spec.name()))) {
                Set<String> endings = known.stream()
                        .map(spec -> spec.name().substring(spec.name().lastIndexOf('.') + 1))
                        .collect(Collectors.toCollection(TreeSet::new));
                throw new ConfigException(field + ": \"" + entry + "\" matches no module of this model"
                        + Nearest.hint(entry, endings, "It has"));
            }
        }
    }

    private static String named(List<ModuleSpec> specs) {
        return specs.isEmpty()
                ? "none"
                : specs.stream().map(ModuleSpec::name).limit(8).collect(Collectors.joining(", "));
    }

    /** Without the first and the last. */
    public Selection inner() {
        return new Selection(modules.size() < 3 ? List.of() : modules.subList(1, modules.size() - 1));
    }

    /** The full names of the weights. */
    public List<String> weights() {
        var names = new ArrayList<String>();
        modules.forEach(spec -> names.addAll(spec.weights()));
        return names;
    }

    /** {@code 14 modules: 12 linear, 2 recurrent}. */
    public String summary() {
        return modules.size() + " modules: "
                + modules.stream()
                        .collect(Collectors.groupingBy(
                                spec -> spec.kind()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', ' '),
                                TreeMap::new,
                                Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", "));
    }
}
