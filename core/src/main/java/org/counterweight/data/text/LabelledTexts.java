package org.counterweight.data.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;

/**
 * Texts, or pairs of them, and the class of each.
 *
 * @param pairs what is read together with each text; empty where texts stand alone
 * @param labels an index into {@code labelNames} for each text
 */
public record LabelledTexts(List<String> texts, List<String> pairs, int[] labels, List<String> labelNames) {
    public LabelledTexts {
        texts = List.copyOf(texts);
        pairs = List.copyOf(pairs);
        labelNames = List.copyOf(labelNames);
        if (texts.size() != labels.length) {
            throw new IllegalArgumentException(texts.size() + " texts, but " + labels.length + " labels");
        }
        if (!pairs.isEmpty() && pairs.size() != texts.size()) {
            throw new IllegalArgumentException(texts.size() + " texts, but " + pairs.size() + " to be read with them");
        }
        labels = labels.clone();
    }

    /** Texts that stand alone. */
    public LabelledTexts(List<String> texts, int[] labels, List<String> labelNames) {
        this(texts, List.of(), labels, labelNames);
    }

    /** The same texts, each read together with another. */
    public LabelledTexts with(List<String> others) {
        return new LabelledTexts(texts, others, labels, labelNames);
    }

    /** A row as it is shown: its text, or both, with a bar between them. */
    public String shown(int row) {
        return pairs.isEmpty() ? texts.get(row) : texts.get(row) + " | " + pairs.get(row);
    }

    /** With the labels that occur as the classes, in alphabetical order (in that of numbers, if all are integers). */
    public static LabelledTexts of(List<String> texts, List<String> labels) {
        boolean numbers = labels.stream().allMatch(label -> label.matches("-?\\d{1,18}"));
        var names =
                new TreeSet<String>(numbers ? Comparator.comparingLong(Long::parseLong) : Comparator.naturalOrder());
        names.addAll(labels);
        return of(texts, labels, new ArrayList<>(names));
    }

    /**
     * With the classes given, in their order: those of the training set, for a test set.
     *
     * @throws DataException if a label is none of them; the message has the row, counted from 1
     */
    public static LabelledTexts of(List<String> texts, List<String> labels, List<String> labelNames) {
        return of(texts, labels, labelNames, row -> "row " + (row + 1));
    }

    /**
     * The same.
     *
     * @param place of a row, counted from 0, in words for messages
     */
    public static LabelledTexts of(
            List<String> texts, List<String> labels, List<String> labelNames, IntFunction<String> place) {
        Map<String, Integer> index = new HashMap<>();
        for (String name : labelNames) {
            index.put(name, index.size());
        }
        int[] classes = new int[labels.size()];
        for (int row = 0; row < classes.length; row++) {
            Integer label = index.get(labels.get(row));
            if (label == null) {
                throw new DataException(place.apply(row) + ": the label \"" + labels.get(row)
                        + "\" is none of the known classes (" + named(labelNames) + ")");
            }
            classes[row] = label;
        }
        return new LabelledTexts(texts, classes, labelNames);
    }

    /** All rows as they are shown. */
    public List<String> shown() {
        return pairs.isEmpty()
                ? texts
                : IntStream.range(0, texts.size()).mapToObj(this::shown).toList();
    }

    private static String named(List<String> names) {
        return names.size() <= 12
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, 12)) + ", … " + names.size() + " in all";
    }
}
