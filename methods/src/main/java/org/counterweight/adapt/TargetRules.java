package org.counterweight.adapt;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Which modules an adapter stands at, by PEFT's rules and in PEFT's order: excluded, within a module that is saved whole,
 * matched by an expression, listed in full, listed by ending and in one of the chosen layers.
 *
 * @param targets what is adapted
 * @param excluded what is not, whatever {@code targets} say; or null
 * @param savedModules modules that are trained and saved whole; nothing inside them is adapted
 * @param layers numbers of the layers to which endings of names are confined; empty for all
 * @param layersPattern names of the lists that those numbers count in; empty for the first number in a name
 */
public record TargetRules(
        ModuleNames targets,
        @Nullable ModuleNames excluded,
        List<String> savedModules,
        List<Integer> layers,
        List<String> layersPattern) {
    private static final Pattern FIRST_NUMBER = Pattern.compile(".*?\\.[^.]*\\.(\\d+)\\.");

    public TargetRules {
        savedModules = List.copyOf(savedModules);
        layers = List.copyOf(layers);
        layersPattern = List.copyOf(layersPattern);
        if (!layers.isEmpty() && !targets.isList()) {
            throw new ConfigException("layers_to_transform: " + layers
                    + " cannot go with a target_modules that is an expression; say the" + " layers in the expression");
        }
        if (layers.isEmpty() && !layersPattern.isEmpty()) {
            throw new ConfigException("layers_pattern: " + layersPattern + " says nothing without layers_to_transform");
        }
    }

    /** All modules that these names, or dotted endings of names, match. */
    public static TargetRules of(List<String> targets) {
        return new TargetRules(ModuleNames.list(targets), null, List.of(), List.of(), List.of());
    }

    /** Whether the module of that full name is adapted. */
    public boolean adapts(String module) {
        if (excluded != null && excluded.matches(module)) {
            return false;
        }
        if (isWithinSaved(module)) {
            return false;
        }
        if (!targets.isList() || targets.containsExactly(module)) {
            return targets.matches(module); // a full name is not asked for its layer
        }
        return targets.matches(module) && isInLayers(module);
    }

    /** Whether the module is, or lies in, one that is trained whole. */
    boolean isWithinSaved(String module) {
        return savedModules.stream()
                .anyMatch(saved -> Pattern.compile("(^|.*\\.)" + saved + "($|\\..*)")
                        .matcher(module)
                        .lookingAt());
    }

    private boolean isInLayers(String module) {
        if (layers.isEmpty()) {
            return true;
        }
        Integer layer = layer(module);
        return layer != null && layers.contains(layer);
    }

    private @Nullable Integer layer(String module) {
        if (layersPattern.isEmpty()) {
            return number(FIRST_NUMBER.matcher(module));
        }
        for (String pattern : layersPattern) {
            Integer found = number(
                    Pattern.compile("(?:^|.*?\\.)" + pattern + "\\.(\\d+)\\.").matcher(module));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable Integer number(Matcher matcher) {
        return matcher.lookingAt() ? Integer.valueOf(matcher.group(1)) : null;
    }
}
