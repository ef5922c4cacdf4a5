package org.counterweight.adapt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.model.Model;
import org.counterweight.model.module.ModuleSpec;

/**
 * The modules of one model that an adapter stands at.
 *
 * @param modules full names, in the model's order
 * @param candidates how many linear modules the model has
 * @param unmatched entries of the list that matched nothing while others matched
 */
public record Targets(List<String> modules, int candidates, List<String> unmatched) {
    /** The entry that stands for every linear module but the head. */
    public static final String ALL_LINEAR = "all-linear";

    /** Where a recipe has them, for messages. */
    static final String FIELD = "adapter.targets";

    public Targets {
        modules = List.copyOf(modules);
        unmatched = List.copyOf(unmatched);
    }

    /**
     * Applies the rules to a model.
     *
     * @param field where the targets stand in the user's file: {@code adapter.targets}
     * @throws ConfigException if nothing is matched, or something that has no linear weight
     */
    public static Targets of(Model model, TargetRules rules, String field) {
        return of(model, rules, field, model.modules().linears());
    }

    /**
     * The modules that a recipe's targets name, each of which must match: unlike the lists in PEFT's files, which may hold
     * names of other models too, they were written for this one.
     *
     * @param trainedWhole modules that are trained themselves, so that no adapter stands in them
     * @throws ConfigException if a target matches nothing; the message has the nearest name that would
     */
    public static Targets each(Model model, List<String> targets, List<String> trainedWhole, String field) {
        var rules = new TargetRules(ModuleNames.list(targets), null, trainedWhole, List.of(), List.of());
        List<String> linears = model.modules().linears();
        for (String target : targets) {
            List<String> matched = target.equalsIgnoreCase(ALL_LINEAR)
                    ? linears
                    : modules(model).stream()
                            .filter(module -> ModuleNames.matches(target, module))
                            .toList();
            if (matched.isEmpty()) {
                throw unmatched(linears, target, field);
            }
            if (matched.stream().allMatch(rules::isWithinSaved)) {
                throw new ConfigException(field + ": \"" + target + "\" matches " + String.join(", ", matched)
                        + ", and what it matches is trained whole, so that no adapter stands there; leave it out");
            }
        }
        return of(model, rules, field);
    }

    /**
     * The rules of {@link #of} for a file of PEFT's: its adapters stand at a tied head too, beside the table that is its
     * weight, and some at convolutions and embeddings.
     *
     * @param kinds of modules that they stand at
     */
    public static Targets ofFile(Model model, TargetRules rules, String field, Set<ModuleSpec.Kind> kinds) {
        var adaptable = new LinkedHashSet<>(model.modules().linears());
        model.modules().all().stream()
                .filter(spec -> spec.tiedTo() != null || kinds.contains(spec.kind()))
                .map(ModuleSpec::name)
                .forEach(adaptable::add);
        return of(model, rules, field, List.copyOf(adaptable));
    }

    private static Targets of(Model model, TargetRules rules, String field, List<String> adaptable) {
        TargetRules expanded = expanded(model, rules);
        Set<String> known = new LinkedHashSet<>(adaptable);
        Set<String> all = modules(model);
        all.addAll(adaptable);
        var modules = new ArrayList<String>();
        for (String module : all) {
            if (!expanded.adapts(module)) {
                continue;
            }
            if (!known.contains(module)) {
                throw new ConfigException(field + ": " + expanded.targets().entries() + " matches " + module
                        + ", which is no linear module; adapters stand at " + kinds(adaptable));
            }
            modules.add(module);
        }
        List<String> idle = expanded.targets().isList()
                ? expanded.targets().entries().stream()
                        .filter(entry -> adaptable.stream().noneMatch(module -> ModuleNames.matches(entry, module)))
                        .toList()
                : List.of();
        if (modules.isEmpty()) {
            throw nothing(adaptable, expanded, idle, field);
        }
        return new Targets(modules, adaptable.size(), idle);
    }

    private static ConfigException nothing(List<String> linears, TargetRules rules, List<String> idle, String field) {
        return unmatched(linears, idle.isEmpty() ? rules.targets().entries().get(0) : idle.get(0), field);
    }

    private static ConfigException unmatched(List<String> linears, String entry, String field) {
        String nearest = Nearest.to(entry, endings(linears).keySet());
        return new ConfigException(field + ": \"" + entry + "\" matches no module of this model"
                + (nearest == null
                        ? "; it has " + kinds(linears)
                        : "; did you mean \"" + nearest + "\"? ("
                                + endings(linears).get(nearest) + " modules)"));
    }

    private static TargetRules expanded(Model model, TargetRules rules) {
        if (rules.targets().isList()
                && rules.targets().entries().stream().noneMatch(entry -> entry.equalsIgnoreCase(ALL_LINEAR))) {
            return rules;
        }
        if (!rules.targets().isList()
                && !String.valueOf(rules.targets().regex()).equalsIgnoreCase(ALL_LINEAR)) {
            return rules;
        }
        List<String> all = model.modules().linears().stream()
                .filter(module -> model.modules().heads().stream()
                        .noneMatch(head -> module.equals(head) || module.startsWith(head + ".")))
                .toList();
        return new TargetRules(
                ModuleNames.list(all), rules.excluded(), rules.savedModules(), rules.layers(), rules.layersPattern());
    }

    /** The module that a weight of that name belongs to. */
    static String module(String weight) {
        return weight.substring(0, weight.length() - ".weight".length());
    }

    /** Everything in the model that has a weight. */
    private static Set<String> modules(Model model) {
        var modules = new LinkedHashSet<String>();
        for (String weight : model.shapes().keySet()) {
            int dot = weight.lastIndexOf('.');
            if (dot > 0 && weight.endsWith(".weight")) {
                modules.add(weight.substring(0, dot));
            }
        }
        return modules;
    }

    /** The last parts of the names, with how often each occurs. */
    private static Map<String, Long> endings(List<String> modules) {
        return modules.stream()
                .collect(Collectors.groupingBy(Targets::ending, LinkedHashMap::new, Collectors.counting()));
    }

    private static String ending(String module) {
        return module.substring(module.lastIndexOf('.') + 1);
    }

    private static String kinds(List<String> modules) {
        return String.join(", ", endings(modules).keySet());
    }

    /** {@code adapting 24 of 74 linear modules: query 12, value 12}. */
    public String summary() {
        return "adapting " + modules.size() + " of " + candidates + " linear modules: "
                + endings(modules).entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}
