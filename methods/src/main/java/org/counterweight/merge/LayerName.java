package org.counterweight.merge;

import java.util.Collection;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which layer a tensor belongs to: the first whole number between dots in its name, {@code encoder.layer.3.output…}. */
public final class LayerName {
    private static final Pattern NUMBER = Pattern.compile("(?:^|\\.)(\\d{1,6})(?:\\.|$)");

    private LayerName() {}

    /** The layer's number, from 0; empty for tensors before, behind and beside the layers. */
    public static OptionalInt number(String name) {
        Matcher matcher = NUMBER.matcher(name);
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    /** What the tensors of one layer have in common: {@code encoder.layer.3}; the whole name where there is no number. */
    public static String group(String name) {
        Matcher matcher = NUMBER.matcher(name);
        return matcher.find() ? name.substring(0, matcher.end(1)) : name;
    }

    /** How many layers there are: the highest number and one. */
    public static int count(Collection<String> names) {
        return names.stream().mapToInt(name -> number(name).orElse(-1)).max().orElse(-1) + 1;
    }
}
