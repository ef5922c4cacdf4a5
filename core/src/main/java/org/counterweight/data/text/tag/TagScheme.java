package org.counterweight.data.text.tag;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How tags mark entities: {@code B-PER I-PER O}, with {@code E} and {@code S} (BIOES) or {@code L} and {@code U} (BILOU) where an
 * entity ends or is one word; {@code B} may be left out where two of one type do not touch. Where no tag begins so, every word but
 * those with {@code O} is one by itself, as parts of speech are.
 *
 * <p>Tags that follow one another wrongly are read as CoNLL's own script and seqeval do: an {@code I-PER} behind {@code O} begins an
 * entity, and one behind {@code B-LOC} ends that and begins another.
 *
 * @param marked whether tags say where entities begin or go on
 */
public record TagScheme(boolean marked) {
    private static final String OUTSIDE = "O";
    private static final Pattern MARKED = Pattern.compile("[BIESLU](-.+)?");

    /** The scheme of a set of tags. */
    public static TagScheme of(Collection<String> tags) {
        boolean others = tags.stream()
                .anyMatch(tag -> !isOutside(tag) && !MARKED.matcher(tag).matches());
        return new TagScheme(!others && tags.stream().anyMatch(tag -> !isOutside(tag)));
    }

    /** Whether a tag says that a word is of no entity. */
    public static boolean isOutside(String tag) {
        return tag.equals(OUTSIDE) || tag.equals("_") || tag.isEmpty();
    }

    /** The entities that the tags of a sentence mark, in their order. */
    public List<Span> spans(List<String> tags) {
        return marked ? entities(tags) : words(tags);
    }

    private static List<Span> words(List<String> tags) {
        var spans = new ArrayList<Span>();
        for (int i = 0; i < tags.size(); i++) {
            if (!isOutside(tags.get(i))) {
                spans.add(new Span(tags.get(i), i, i));
            }
        }
        return spans;
    }

    private static List<Span> entities(List<String> tags) {
        var spans = new ArrayList<Span>();
        char before = 'O';
        String type = "";
        int first = 0;
        for (int i = 0; i <= tags.size(); i++) {
            String tag = i < tags.size() ? tags.get(i) : OUTSIDE;
            char mark = mark(tag);
            String next = type(tag);
            boolean other = !next.equals(type);
            if (before != 'O' && (other || ends(before, mark))) {
                spans.add(new Span(type, first, i - 1));
            }
            if (mark != 'O' && (before == 'O' || other || ends(before, mark))) {
                first = i;
            }
            before = mark;
            type = next;
        }
        return spans;
    }

    /** Whether an entity ends between these two, which are of one type. */
    private static boolean ends(char before, char mark) {
        return before == 'E' || before == 'S' || mark == 'B' || mark == 'S' || mark == 'O';
    }

    /** One of B, I, E, S, O. */
    private static char mark(String tag) {
        if (isOutside(tag)) {
            return 'O';
        }
        return switch (tag.charAt(0)) {
            case 'L' -> 'E';
            case 'U' -> 'S';
            default -> tag.charAt(0);
        };
    }

    /** What a tag is of; of one without a type, {@code _}. */
    public static String type(String tag) {
        return tag.length() > 2 ? tag.substring(2) : isOutside(tag) ? "" : "_";
    }

    /** Whether an entity ends between two tags of one type that follow one another. */
    public boolean parts(String before, String tag) {
        return marked && ends(mark(before), mark(tag));
    }
}
