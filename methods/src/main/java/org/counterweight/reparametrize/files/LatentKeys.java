package org.counterweight.reparametrize.files;

import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/** The keys under which the latent tensors of weights stand in a state dict, as PyTorch spells them. */
final class LatentKeys {
    private static final String WEIGHT = "weight(?:_(?:ih|hh)_l\\d+(?:_reverse)?)?";
    private static final Pattern NEW = Pattern.compile(
            "(.*?)(?:^|(?<=\\.))parametrizations\\.(" + WEIGHT + ")\\.(original[01]?|0\\.(?:log_)?[ab]|0\\.on)");
    private static final Pattern HOOK = Pattern.compile("((?:.*\\.)?" + WEIGHT + ")_([gv])");

    private LatentKeys() {}

    /** {@code a.parametrizations.weight.} for {@code a.weight}. */
    static String parametrizations(String weight) {
        int dot = weight.lastIndexOf('.') + 1;
        return weight.substring(0, dot) + "parametrizations." + weight.substring(dot) + ".";
    }

    /**
     * The weight that a key is a part of, and which part: {@code g}, {@code v}, {@code original}, {@code 0.a}.
     *
     * @param weight its full name
     */
    record Part(String weight, String part, String key) {}

    /** What a key is a part of; null of a plain one. */
    static @Nullable Part of(String key) {
        Matcher parametrized = NEW.matcher(key);
        if (parametrized.matches()) {
            String part = parametrized.group(3);
            String plain = part.equals("original0") ? "g" : part.equals("original1") ? "v" : part;
            return new Part(parametrized.group(1) + parametrized.group(2), plain, key);
        }
        Matcher hook = HOOK.matcher(key);
        return hook.matches() ? new Part(hook.group(1), hook.group(2), key) : null;
    }

    /** The part of that name, which must be there. */
    static Tensor required(String origin, String weight, Map<String, Tensor> parts, String... names) {
        for (String name : names) {
            Tensor tensor = parts.get(name);
            if (tensor != null) {
                return tensor;
            }
        }
        throw new WeightsException(origin + ": " + weight + " has " + String.join(", ", new TreeSet<>(parts.keySet()))
                + " and no " + names[0] + " beside it; the file is incomplete");
    }
}
