package org.counterweight.datasets.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import tools.jackson.databind.JsonNode;

/**
 * Emoji as pictures of one size, by category: the packages {@code emoji-datasource-…}, which have a PNG of each and a list of
 * all of them.
 *
 * <p>Variants of one thing (tones of skin, hair, genders) stand on one side of the split, or what is judged by would have been
 * learnt; every fifth thing of a category is judged by, in every vendor's pictures the same.
 */
public final class EmojiConversion {
    private static final String LIST = "package/emoji.json";
    private static final String COMPONENT = "Component"; // parts of others, drawn for nobody
    private static final int FIFTH = 5;

    /** Code points that make a variant: presentation, joiners, genders, directions, tones of skin, hair. */
    private static final Set<String> VARYING = Set.of(
            "FE0F", "200D", "2640", "2642", "27A1", "1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF", "1F9B0", "1F9B1",
            "1F9B2", "1F9B3");

    /** Man and woman are variants of a person. */
    private static final Map<String, String> PERSONS = Map.of("1F468", "1F9D1", "1F469", "1F9D1");

    private EmojiConversion() {}

    private record Emoji(String category, String thing, Path picture) {}

    /**
     * @param vendor who drew them, as in the names of the package's directories: {@code google}
     * @param side in pixels
     */
    public static Converter pictures(String vendor, int side) {
        return (in, out) -> {
            Path pictures = in.resolve("package/img/" + vendor + "/64");
            List<Emoji> all = read(in.resolve(LIST), vendor, pictures);
            List<String> categories =
                    all.stream().map(Emoji::category).distinct().sorted().toList();
            Map<String, Set<String>> judged = judged(in.resolve(LIST));
            for (String part : List.of("train", "test")) {
                List<Emoji> own = all.stream()
                        .filter(emoji -> part.equals("test")
                                == judged.getOrDefault(emoji.category(), Set.of())
                                        .contains(emoji.thing()))
                        .toList();
                ImageSet.pictures(
                                own.stream().map(Emoji::picture).toList(),
                                new ImageForm(new ImageSet.Shape(3, side, side)),
                                own.stream()
                                        .mapToInt(emoji -> categories.indexOf(emoji.category()))
                                        .toArray(),
                                categories)
                        .writeIdx(out.resolve(part + "-images.idx"), out.resolve(part + "-labels.idx"));
            }
            Files.write(out.resolve("labels.txt"), categories);
        };
    }

    /** The things of each category that are judged by, the same whoever drew them. */
    private static Map<String, Set<String>> judged(Path list) throws IOException {
        var things = new TreeMap<String, Set<String>>();
        for (JsonNode entry : Configs.JSON.readTree(Files.readString(list))) {
            things.computeIfAbsent(text(list, entry, "category"), category -> new TreeSet<>())
                    .add(thing(text(list, entry, "unified")));
        }
        var judged = new TreeMap<String, Set<String>>();
        things.forEach((category, own) -> {
            List<String> sorted = List.copyOf(own);
            var fifth = new TreeSet<String>();
            for (int i = FIFTH - 1; i < sorted.size(); i += FIFTH) {
                fifth.add(sorted.get(i));
            }
            judged.put(category, fifth);
        });
        return judged;
    }

    private static List<Emoji> read(Path list, String vendor, Path pictures) throws IOException {
        var all = new ArrayList<Emoji>();
        for (JsonNode entry : Configs.JSON.readTree(Files.readString(list))) {
            String category = text(list, entry, "category");
            if (category.equals(COMPONENT)) {
                continue;
            }
            String thing = thing(text(list, entry, "unified"));
            var drawn = new ArrayList<JsonNode>(List.of(entry));
            entry.path("skin_variations").forEach(drawn::add);
            for (JsonNode one : drawn) {
                if (one.path("has_img_" + vendor).asBoolean()) {
                    all.add(new Emoji(category, thing, pictures.resolve(text(list, one, "image"))));
                }
            }
        }
        return all;
    }

    private static String text(Path list, JsonNode entry, String field) {
        JsonNode value = entry.path(field);
        if (!value.isString()) {
            throw new DataException(list + ": an emoji has no " + field + ": " + entry);
        }
        return value.asString();
    }

    /** What an emoji shows, whoever does it: its code points without those that make variants. */
    static String thing(String unified) {
        String rest = Arrays.stream(unified.split("-"))
                .filter(point -> !VARYING.contains(point))
                .map(point -> PERSONS.getOrDefault(point, point))
                .collect(Collectors.joining("-"));
        return rest.isEmpty() ? unified : rest; // the sign of a gender itself, an arrow
    }
}
