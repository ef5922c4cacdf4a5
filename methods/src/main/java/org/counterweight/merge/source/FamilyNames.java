package org.counterweight.merge.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One architecture under two names: the same module is {@code encoder.layer.0} where a model was saved by itself, and {@code
 * bert.encoder.layer.0} where it was saved with a head; a vision model's words are {@code language_model.model} before one
 * release of transformers, and {@code model.language_model} after it. What differs is the beginning of the names, which is
 * found from the names themselves, and the {@link Spelling} of their ends. No list of families is needed.
 *
 * @param renamed what a model calls a tensor, and what another calls the same, for the names that differ
 * @param changes the beginnings that were exchanged: {@code bert. → } and so on
 */
record FamilyNames(Map<String, String> renamed, List<Change> changes) {
    private static final Pattern NUMBER = Pattern.compile("(?<=^|\\.)\\d+(?=\\.|$)");
    private static final String ANY = "#";

    /** What a name begins with here, and there. */
    record Change(String here, String there) {
        private @Nullable String apply(String name) {
            return name.startsWith(here) ? there + name.substring(here.length()) : null;
        }
    }

    /**
     * From the names of one model to those of another. Names that both have, and names without a counterpart, stay.
     *
     * @param own of the one
     * @param other of the other
     */
    static FamilyNames between(Collection<String> own, Collection<String> other) {
        Set<String> mine = templates(own);
        Set<String> theirs = templates(other);
        var open = new LinkedHashSet<>(mine);
        open.removeAll(theirs);
        var free = new LinkedHashSet<>(theirs);
        free.removeAll(mine);
        Map<String, String> pairs = pairs(open, free, changes(open, free));
        Set<String> former = templates(other.stream().filter(Spelling::isFormer).toList());
        var renamed = new LinkedHashMap<String, String>();
        var changes = new LinkedHashSet<Change>();
        for (String name : own) {
            String there = Spelling.now(name);
            String template = template(name);
            String pair = pairs.get(template);
            if (pair != null) {
                int end = commonEnd(template, pair);
                var change = new Change(
                        template.substring(0, template.length() - end), pair.substring(0, pair.length() - end));
                changes.add(change);
                there = Objects.requireNonNull(change.apply(there));
            } else if (!theirs.contains(template)) {
                continue;
            }
            there = former.contains(template(there)) ? Spelling.former(there) : there;
            if (!there.equals(name)) {
                renamed.put(name, there);
            }
        }
        return new FamilyNames(renamed, List.copyOf(changes));
    }

    String of(String name) {
        return renamed.getOrDefault(name, name);
    }

    /** Layers and experts count alike, whatever their numbers, and so does one part under two spellings. */
    private static String template(String name) {
        return NUMBER.matcher(Spelling.now(name)).replaceAll(ANY);
    }

    private static Set<String> templates(Collection<String> names) {
        var templates = new LinkedHashSet<String>();
        names.forEach(name -> templates.add(template(name)));
        return templates;
    }

    /** How many characters two names have in common at the end, in whole parts between dots. */
    private static int commonEnd(String a, String b) {
        int end = 0;
        for (int i = 1;
                i <= Math.min(a.length(), b.length()) && a.charAt(a.length() - i) == b.charAt(b.length() - i);
                i++) {
            boolean wholeInA = i == a.length() || a.charAt(a.length() - i - 1) == '.';
            boolean wholeInB = i == b.length() || b.charAt(b.length() - i - 1) == '.';
            end = wholeInA && wholeInB ? i : end;
        }
        return end;
    }

    /** Every exchange of beginnings that some pair of names suggests, those of most pairs first. */
    private static List<Change> changes(Set<String> open, Set<String> free) {
        var byEnd = new HashMap<String, @Nullable String>();
        for (String name : free) {
            for (String end : ends(name)) {
                byEnd.merge(end, name, (one, two) -> ""); // of several: says nothing
            }
        }
        var votes = new LinkedHashMap<Change, Integer>();
        for (String name : open) {
            for (String end : ends(name)) {
                String there = byEnd.get(end);
                if (there != null && !there.isEmpty()) {
                    String here = name.substring(0, name.length() - end.length());
                    String thence = there.substring(0, there.length() - end.length());
                    if (!here.contains(ANY) && !thence.contains(ANY)) {
                        votes.merge(new Change(here, thence), 1, Integer::sum);
                    }
                    break;
                }
            }
        }
        var changes = new ArrayList<>(votes.keySet());
        changes.sort((a, b) -> votes.getOrDefault(b, 0) - votes.getOrDefault(a, 0));
        return changes;
    }

    /** A name without more and more of its beginning, down to two parts: {@code weight} alone ends everything. */
    private static List<String> ends(String name) {
        var ends = new ArrayList<String>();
        for (int at = 0; at >= 0 && name.indexOf('.', at) >= 0; ) {
            ends.add(name.substring(at));
            at = name.indexOf('.', at) + 1;
        }
        return ends;
    }

    private static Map<String, String> pairs(Set<String> open, Set<String> free, List<Change> changes) {
        var pairs = new LinkedHashMap<String, String>();
        var left = new LinkedHashSet<>(free);
        for (String name : open) {
            for (Change change : changes) {
                String there = change.apply(name);
                if (there != null && left.remove(there)) {
                    pairs.put(name, there);
                    break;
                }
            }
        }
        return pairs;
    }
}
