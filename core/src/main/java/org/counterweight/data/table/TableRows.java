package org.counterweight.data.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.Row.Place;
import org.counterweight.data.table.row.Wanted;

/** Columns of a table in memory: a value a row, and where each row stands in its file. */
public final class TableRows {
    private final Map<String, List<String>> texts;
    private final Map<String, double[]> numbers;
    private final List<Place> places;

    private TableRows(Map<String, List<String>> texts, Map<String, double[]> numbers, List<Place> places) {
        this.texts = texts;
        this.numbers = numbers;
        this.places = places;
    }

    /** One column of texts from elsewhere than a table; their places are rows. */
    public static TableRows ofTexts(String name, List<String> texts) {
        return new TableRows(
                Map.of(name, List.copyOf(texts)),
                Map.of(),
                LongStream.rangeClosed(1, texts.size()).mapToObj(Place::row).toList());
    }

    public int size() {
        return places.size();
    }

    /** The texts of a column that was asked for as such, or as lists: as they are written, empty where nothing is. */
    public List<String> texts(String name) {
        List<String> values = texts.get(name);
        if (values == null) {
            throw new IllegalArgumentException(name + " was not read as text");
        }
        return values;
    }

    /** The numbers of a column that was asked for as such, NaN where there is none: a copy. */
    public double[] numbers(String name) {
        double[] values = numbers.get(name);
        if (values == null) {
            throw new IllegalArgumentException(name + " was not read as numbers");
        }
        return values.clone();
    }

    /** Where the rows stand, for messages. */
    public List<Place> places() {
        return places;
    }

    /** Collects chunks. */
    static final class Builder {
        private final List<Wanted> wanted;
        private final List<List<Cell>> cells = new ArrayList<>();
        private final List<Place> places = new ArrayList<>();

        Builder(List<Wanted> wanted) {
            this.wanted = List.copyOf(wanted);
            wanted.forEach(column -> cells.add(new ArrayList<>()));
        }

        void add(Chunk chunk) {
            for (Row row : chunk.rows()) {
                places.add(row.place());
                for (int i = 0; i < wanted.size(); i++) {
                    cells.get(i).add(row.cells().get(i));
                }
            }
        }

        int size() {
            return places.size();
        }

        TableRows build() {
            Map<String, List<String>> texts = new LinkedHashMap<>();
            Map<String, double[]> numbers = new LinkedHashMap<>();
            for (int i = 0; i < wanted.size(); i++) {
                List<Cell> column = cells.get(i);
                if (wanted.get(i).number()) {
                    numbers.put(
                            wanted.get(i).name(),
                            column.stream()
                                    .mapToDouble(cell -> cell instanceof Cell.Number there ? there.value() : Double.NaN)
                                    .toArray());
                } else {
                    texts.put(
                            wanted.get(i).name(),
                            column.stream().map(Cell::written).toList());
                }
            }
            return new TableRows(texts, numbers, List.copyOf(places));
        }
    }
}
