package org.counterweight.cli.option;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.WebuiPreset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;

/**
 * A shape as a user names it: a word of ours, or a preset of web interfaces, of which some are both.
 *
 * @param shape null for a preset's name alone
 * @param preset null for a word of ours alone
 */
public record ShapeWord(@Nullable ShapeName shape, @Nullable WebuiPreset preset) {
    private static final List<String> OURS = Arrays.stream(ShapeName.values())
            .map(shape -> shape.name().toLowerCase(Locale.ROOT))
            .toList();

    /** The preset, if that is what is meant: where nothing else has the name, or presets are asked for. */
    Optional<WebuiPreset> preset(boolean webui) {
        return shape == null || webui ? Optional.ofNullable(preset) : Optional.empty();
    }

    /** From the words of a user. */
    public static final class Converter implements ITypeConverter<ShapeWord> {
        @Override
        public ShapeWord convert(String word) {
            String plain = word.strip().toLowerCase(Locale.ROOT);
            ShapeName shape = OURS.contains(plain) ? ShapeName.valueOf(plain.toUpperCase(Locale.ROOT)) : null;
            WebuiPreset preset = WebuiPreset.named(word).orElse(null);
            if (shape == null && preset == null) {
                throw new ConfigException("\"" + word + "\" is no shape of guidance"
                        + Nearest.hint(word, OURS, "Known:") + ", and presets such as \"Clamp-Linear (c=4.0)\"");
            }
            return new ShapeWord(shape, preset);
        }
    }

    /** Our words, for help. */
    public static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return OURS.iterator();
        }
    }
}
