package org.counterweight.datasets.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.datasets.convert.Dictionary;

/**
 * Webster's dictionary of 1913 as entries that refer to one another. An entry belongs to the class that most of its marks of
 * subjects say, as {@code (Zool.)}; to none on a tie.
 */
record Webster(Dictionary dictionary) {
    private static final List<Set<String>> SUBJECTS = List.of(
            Set.of("Zool"),
            Set.of("Bot"),
            Set.of("Anat", "Physiol"),
            Set.of("Chem", "Old Chem", "Min", "Metal"),
            Set.of(
                    "Mach",
                    "Mech",
                    "Naut",
                    "Arch",
                    "Mus",
                    "Print",
                    "Carp",
                    "Fort",
                    "Shipbuilding",
                    "Steam Engine",
                    "Elec",
                    "Mil"));

    private static final Pattern MARK = Pattern.compile("\\(([A-Z][A-Za-z ]*)\\.?\\)");
    private static final Pattern REFERENCE = Pattern.compile("\\{([^{}]+)\\}");
    private static final Pattern ETYMOLOGY = Pattern.compile("\\[[^\\[\\]]*\\]|\\\\[^\\\\]*\\\\");

    Entries read() {
        List<String> all = dictionary.entries();
        int[] nodes = new int[all.size()]; // the node that each entry is; −1 for none
        var texts = new ArrayList<String>();
        var labels = new ArrayList<Integer>();
        for (int i = 0; i < nodes.length; i++) {
            int label = label(all.get(i));
            nodes[i] = label < 0 ? -1 : texts.size();
            if (label >= 0) {
                texts.add(all.get(i));
                labels.add(label);
            }
        }
        Map<String, List<Integer>> named = new HashMap<>();
        dictionary.headwords().forEach((headword, entries) -> {
            List<Integer> found = named.computeIfAbsent(headword.toLowerCase(Locale.ROOT), unused -> new ArrayList<>());
            entries.stream().map(i -> nodes[i]).filter(node -> node >= 0).forEach(found::add);
        });
        var edges = new ArrayList<int[]>();
        for (int node = 0; node < texts.size(); node++) {
            int from = node;
            references(texts.get(node)).stream()
                    .flatMap(word -> named.getOrDefault(word, List.of()).stream())
                    .distinct()
                    .filter(to -> to != from)
                    .forEach(to -> edges.add(new int[] {from, to}));
        }
        return new Entries(texts.stream().map(Webster::plain).toList(), labels, edges);
    }

    /** The class of an entry; −1 for none. */
    static int label(String text) {
        int[] votes = new int[SUBJECTS.size()];
        MARK.matcher(spaced(text)).results().forEach(mark -> {
            for (int i = 0; i < votes.length; i++) {
                votes[i] += SUBJECTS.get(i).contains(mark.group(1)) ? 1 : 0;
            }
        });
        int most = Arrays.stream(votes).max().orElse(0);
        int[] first =
                IntStream.range(0, votes.length).filter(i -> votes[i] == most).toArray();
        return most > 0 && first.length == 1 ? first[0] : -1;
    }

    private static Set<String> references(String text) {
        return REFERENCE
                .matcher(spaced(text))
                .results()
                .map(match -> match.group(1).strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** What an entry says, without the marks that are its class, where it comes from and how it is said. */
    static String plain(String text) {
        return ETYMOLOGY
                .matcher(MARK.matcher(spaced(text)).replaceAll(Webster::withoutSubject))
                .replaceAll(" ");
    }

    private static String withoutSubject(MatchResult mark) {
        boolean isSubject = SUBJECTS.stream().anyMatch(marks -> marks.contains(mark.group(1)));
        return isSubject ? " " : Matcher.quoteReplacement(mark.group());
    }

    /** On one line, as marks and references may go over the end of one. */
    private static String spaced(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
