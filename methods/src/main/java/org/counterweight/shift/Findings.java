package org.counterweight.shift;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.train.part.Section;

/**
 * What a weigher has to tell beside its weights, as plain data.
 *
 * @param lead one sentence: what the weights are, which density is the numerator
 * @param figures numbers with their names, in order
 * @param tables for the report
 * @param pictures curves, with what their x axis is
 * @param warnings what should make one doubt, a sentence each
 * @param withheld why no verdict is given; empty where there is nothing to withhold
 */
public record Findings(
        String lead,
        Map<String, Double> figures,
        List<Table> tables,
        List<Picture> pictures,
        List<String> warnings,
        List<String> withheld) {
    /** Rows of words and numbers. */
    public record Table(String title, String note, List<String> columns, List<List<String>> rows) {
        public Table {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }
    }

    /** Curves over another figure, from 0 on. */
    public record Picture(String x, Section.Curves curves) {}

    public Findings {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        tables = List.copyOf(tables);
        pictures = List.copyOf(pictures);
        warnings = List.copyOf(warnings);
        withheld = List.copyOf(withheld);
    }
}
