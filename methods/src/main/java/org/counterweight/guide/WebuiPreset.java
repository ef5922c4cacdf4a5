package org.counterweight.guide;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A schedule of extensions of web interfaces, by the name that stands there: {@code Clamp-Linear (c=4.0)}, {@code PCS (s=0.1)},
 * {@code Inverse-Linear}, with any number in the brackets. They read formulas of the time with the number of the step, so that
 * {@code Linear} falls while sampling: the same shape turned round ({@link GuidanceConfig#webui}). Their weights are in {@link
 * Convention#SCALE}, and their {@code Interval} holds at the steps 1 to 5 whatever the noise.
 *
 * <p>{@code Linear}, {@code Cosine}, {@code Sine} and {@code Interval} are words of ours too, for the shapes as the paper has them;
 * which are meant the user must say.
 *
 * @param clamp the least weight
 * @param s the power of pcs
 * @param lo the first step of an interval, and hi the last
 */
public record WebuiPreset(
        ShapeName schedule,
        @Nullable Double clamp,
        double s,
        @Nullable Double lo,
        @Nullable Double hi) {
    private static final Pattern NAME =
            Pattern.compile("([a-z-]+)(?:\\s*\\(\\s*([cs])\\s*=\\s*([0-9]*\\.?[0-9]+)\\s*\\))?");
    private static final Map<String, WebuiPreset> PLAIN = Map.of(
            "constant", of(ShapeName.STATIC),
            "linear", of(ShapeName.LINEAR),
            "inverse-linear", of(ShapeName.INVLINEAR),
            "cosine", of(ShapeName.COSINE),
            "sine", of(ShapeName.SINE),
            "v-shape", of(ShapeName.WEBUI_V),
            "a-shape", of(ShapeName.WEBUI_A),
            "interval", new WebuiPreset(ShapeName.INTERVAL_INDEX, null, 1, 0.25, 5.42));

    private static WebuiPreset of(ShapeName schedule) {
        return new WebuiPreset(schedule, null, 1, null, null);
    }

    /** The preset of that name, in any case of letters; none if it is no name of a preset. */
    public static Optional<WebuiPreset> named(String name) {
        Matcher matcher = NAME.matcher(name.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String plain = matcher.group(1);
        String number = matcher.group(3);
        if (number == null) {
            return Optional.ofNullable(PLAIN.get(plain));
        }
        double value = Double.parseDouble(number);
        return switch (plain + " " + matcher.group(2)) {
            case "clamp-linear c" -> Optional.of(new WebuiPreset(ShapeName.LINEAR, value, 1, null, null));
            case "clamp-cosine c" -> Optional.of(new WebuiPreset(ShapeName.COSINE, value, 1, null, null));
            case "pcs s" -> Optional.of(new WebuiPreset(ShapeName.PCS, null, value, null, null));
            default -> Optional.empty();
        };
    }

    /** The schedule at a weight in scale. */
    public GuidanceConfig at(double weight) {
        return new GuidanceConfig(
                schedule, weight, Convention.SCALE, clamp, s, lo, hi, Normalize.NONE, true, 0, 1, null);
    }
}
