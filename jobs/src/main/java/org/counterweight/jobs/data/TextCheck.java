package org.counterweight.jobs.data;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.data.text.LabelledTexts;
import org.jspecify.annotations.Nullable;

/**
 * What one would look for in labelled texts before a model learns from them: rare and frequent classes, repetitions,
 * contradictions, texts to judge by that are learnt from, scripts.
 *
 * @param train of which rows to choose and to judge by are held out, where they have no files
 */
record TextCheck(
        LabelledTexts train,
        @Nullable LabelledTexts dev,
        @Nullable LabelledTexts test) {
    private static final int MOST_NAMES = 5;

    /** Of fewer texts than this share a second script is not worth a word. */
    private static final double RARE_SCRIPT = 0.01;

    /** A sentence each; the share of the most frequent class is always told. */
    List<String> findings() {
        var findings = new ArrayList<String>();
        classes(findings);
        alike(findings);
        repetitions(findings);
        overlap("choose", dev, findings);
        overlap("judge", test, findings);
        scripts(findings);
        return findings;
    }

    private void classes(List<String> findings) {
        int[] counts = new int[train.labelNames().size()];
        for (int label : train.labels()) {
            counts[label]++;
        }
        int most = IntStream.range(0, counts.length)
                .reduce((a, b) -> counts[b] > counts[a] ? b : a)
                .orElse(0);
        findings.add(String.format(
                Locale.ROOT,
                "the most frequent class, %s, has %.1f %% of the rows",
                train.labelNames().get(most),
                100.0 * counts[most] / train.labels().length));
        if (train.labelNames().stream().allMatch(label -> label.strip().matches("[-+]?\\d+([.,]\\d+)?"))) {
            findings.add("labels are numbers, each of which is taken for a class: " + some(train.labelNames())
                    + "; task: regression learns what is a score");
        }
        List<String> single = IntStream.range(0, counts.length)
                .filter(c -> counts[c] == 1)
                .mapToObj(train.labelNames()::get)
                .toList();
        if (!single.isEmpty()) {
            findings.add((single.size() == 1 ? "one class has" : single.size() + " classes have")
                    + " a single row, which cannot be learnt from and judged by: " + some(single));
        }
    }

    private void alike(List<String> findings) {
        List<String> several = spelledAlike(train.labelNames());
        if (!several.isEmpty()) {
            findings.add("classes that differ in nothing but spaces or case, and are learnt apart: " + some(several));
        }
    }

    /** Names that differ in nothing but spaces or case, those that do so together: {@code "a" and "A "}. */
    static List<String> spelledAlike(Collection<String> names) {
        Map<String, List<String>> spelled = new LinkedHashMap<>();
        names.forEach(name -> spelled.computeIfAbsent(
                        name.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                .add("\"" + name + "\""));
        return spelled.values().stream()
                .filter(each -> each.size() > 1)
                .map(each -> String.join(" and ", each))
                .toList();
    }

    private void repetitions(List<String> findings) {
        Map<String, Set<Integer>> classes = new LinkedHashMap<>();
        int repeated = 0;
        List<String> texts = train.shown();
        for (int row = 0; row < texts.size(); row++) {
            Set<Integer> known = classes.get(texts.get(row));
            if (known == null) {
                classes.put(texts.get(row), new TreeSet<>(Set.of(train.labels()[row])));
            } else {
                known.add(train.labels()[row]);
                repeated++;
            }
        }
        if (repeated > 0) {
            findings.add(String.format(
                    Locale.ROOT,
                    "%,d of %,d rows repeat the text of another%s",
                    repeated,
                    texts.size(),
                    dev == null || test == null ? ", so that some that are held out are learnt from as well" : ""));
        }
        List<String> contradicted = classes.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> "\"" + shortened(entry.getKey()) + "\" is "
                        + entry.getValue().stream().map(train.labelNames()::get).collect(Collectors.joining(" and ")))
                .toList();
        if (!contradicted.isEmpty()) {
            findings.add((contradicted.size() == 1 ? "one text has" : contradicted.size() + " texts have")
                    + " different classes in different rows: " + some(contradicted));
        }
    }

    private void overlap(String purpose, @Nullable LabelledTexts held, List<String> findings) {
        if (held == null) {
            return;
        }
        Set<String> learnt = new HashSet<>(train.shown());
        long known = held.shown().stream().filter(learnt::contains).count();
        if (known > 0) {
            findings.add(String.format(
                    Locale.ROOT,
                    "%,d of %,d texts to %s by are learnt from as well",
                    known,
                    held.texts().size(),
                    purpose));
        }
    }

    /** By each text's first letter. */
    private void scripts(List<String> findings) {
        var counts = new EnumMap<UnicodeScript, Integer>(UnicodeScript.class);
        train.texts()
                .forEach(text -> text.codePoints()
                        .filter(Character::isLetter)
                        .limit(1)
                        .forEach(letter -> counts.merge(UnicodeScript.of(letter), 1, Integer::sum)));
        double texts = counts.values().stream().mapToInt(Integer::intValue).sum();
        List<String> shares = counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= RARE_SCRIPT * texts)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(entry ->
                        String.format(Locale.ROOT, "%s %.0f %%", words(entry.getKey()), 100 * entry.getValue() / texts))
                .toList();
        if (shares.size() > 1) {
            findings.add("texts are in several scripts: " + some(shares));
        }
    }

    private static String words(UnicodeScript script) {
        String name = script.name().toLowerCase(Locale.ROOT);
        return Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('_', ' ');
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    private static String some(Collection<String> names) {
        return names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                + (names.size() > MOST_NAMES ? ", …" : "");
    }
}
