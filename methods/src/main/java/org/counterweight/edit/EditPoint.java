package org.counterweight.edit;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.model.Model;
import org.jspecify.annotations.Nullable;

/**
 * The layer that is wrapped.
 *
 * @param name its full name, a point of the model
 * @param below the full name of the layer before the one that it lies in, from which a pass can go on; null at the first
 */
public record EditPoint(String name, @Nullable String below) {
    /**
     * The point that a user means.
     *
     * @param wanted its name or a dotted ending of one; brackets around numbers, and {@code .weight} or {@code .bias} at the
     *     end, as in other libraries' files, are allowed
     * @throws ConfigException if there is none, or more than one
     */
    public static EditPoint of(Model model, String wanted) {
        String plain = wanted.replaceAll("\\[(\\d+)]", ".$1").replaceFirst("\\.(weight|bias)$", "");
        List<String> points = model.points();
        List<String> found = points.contains(plain)
                ? List.of(plain)
                : points.stream()
                        .filter(point -> point.endsWith("." + plain) || plain.endsWith("." + point))
                        .toList();
        if (found.size() > 1) {
            throw new ConfigException("grace.layer: \"" + wanted + "\" fits " + found.size() + " layers, "
                    + String.join(", ", found.subList(0, Math.min(4, found.size()))) + "; give one of them whole");
        }
        if (found.isEmpty()) {
            throw new ConfigException(
                    points.isEmpty()
                            ? "grace.layer: this model has no layer that can be wrapped"
                            : "grace.layer: \"" + wanted + "\" is no layer of this model that can be wrapped"
                                    + Nearest.hint(plain, points, "Layers:"));
        }
        return new EditPoint(found.get(0), below(points, found.get(0)));
    }

    /** The shortest point that holds another is the layer it lies in; the one before it of like depth goes before. */
    private static @Nullable String below(List<String> points, String point) {
        String layer = points.stream()
                .filter(other -> point.equals(other) || point.startsWith(other + "."))
                .reduce((a, b) -> a.length() <= b.length() ? a : b)
                .orElse(point);
        String before = null;
        for (String other : points) {
            if (other.equals(layer)) {
                return before;
            }
            before = depth(other) == depth(layer) && parent(other).equals(parent(layer)) ? other : before;
        }
        return null;
    }

    private static long depth(String name) {
        return name.chars().filter(c -> c == '.').count();
    }

    private static String parent(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }
}
