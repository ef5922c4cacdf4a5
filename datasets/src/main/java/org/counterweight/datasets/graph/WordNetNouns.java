package org.counterweight.datasets.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.data.DataException;

/**
 * Nouns of WordNet as nodes: a set of synonyms each, with the pointers between them.
 *
 * @param lines of {@code data.noun}
 */
record WordNetNouns(List<String> lines) {
    /** The lexicographers' files of the classes, in their order. */
    private static final Map<String, Integer> FILES = Map.of("05", 0, "20", 1, "08", 2, "27", 3, "06", 4);

    private static final int HEX = 16;

    Entries read() {
        var numbers = new HashMap<String, Integer>();
        var texts = new ArrayList<String>();
        var labels = new ArrayList<Integer>();
        var pointers = new ArrayList<List<String>>();
        for (String line : lines) {
            if (line.startsWith("  ")) {
                continue; // the licence
            }
            int bar = line.indexOf(" | ");
            String[] fields = line.substring(0, Math.max(bar, 0)).split(" ");
            Integer label = fields.length > 3 ? FILES.get(fields[1]) : null;
            if (bar < 0 || fields.length < 4) {
                throw new DataException("data.noun: \"" + line + "\" is no line of WordNet");
            }
            if (label != null) {
                numbers.put(fields[0], texts.size());
                labels.add(label);
                int words = Integer.parseInt(fields[3], HEX);
                var text = new StringBuilder();
                for (int i = 0; i < words; i++) {
                    text.append(fields[4 + 2 * i].replace('_', ' ')).append(' ');
                }
                texts.add(text.append(line.substring(bar + 3).strip()).toString());
                pointers.add(pointers(fields, 4 + 2 * words));
            }
        }
        var edges = new ArrayList<int[]>();
        for (int from = 0; from < pointers.size(); from++) {
            for (String offset : pointers.get(from)) {
                Integer to = numbers.get(offset);
                if (to != null) {
                    edges.add(new int[] {from, to});
                }
            }
        }
        return new Entries(texts, labels, edges);
    }

    /** Offsets of the nouns that one points to. */
    private static List<String> pointers(String[] fields, int at) {
        int count = Integer.parseInt(fields[at]);
        var found = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            if (fields[at + 1 + 4 * i + 2].equals("n")) {
                found.add(fields[at + 1 + 4 * i + 1]);
            }
        }
        return found;
    }
}
