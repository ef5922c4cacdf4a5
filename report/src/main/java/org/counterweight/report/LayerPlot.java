package org.counterweight.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A figure of each part of a model, laid out for SVG: a row for each kind of part, a column for each layer, as in AdaLoRA's
 * figure 3.
 *
 * @param note what to see in it
 * @param kinds names of the rows
 * @param layers names of the columns
 */
public record LayerPlot(String title, String note, List<String> kinds, List<String> layers, List<Cell> cells) {
    public static final int CELL = 29;
    public static final int TOP = 8;

    private static final Pattern LAYER = Pattern.compile("^(?:.*\\.)?(\\d+)\\.(.+)$");
    private static final int LEAST_LEFT = 142;
    private static final double LETTER = 6.6;

    /** One part: where it stands, its name, what is written there, and how dark it is drawn. */
    public record Cell(int x, int y, String name, String text, String opacity, boolean dark) {}

    /**
     * What is said about one part.
     *
     * @param share in [0, 1], shown by the colour
     */
    public record Value(String text, double share) {}

    public LayerPlot {
        kinds = List.copyOf(kinds);
        layers = List.copyOf(layers);
        cells = List.copyOf(cells);
    }

    /** Lays out values by full name; a part that lies in no numbered layer has a column of its own, the last. */
    public static LayerPlot of(String title, String note, Map<String, Value> values) {
        var kinds = new ArrayList<String>();
        var layers = new TreeMap<Integer, String>();
        var places = new LinkedHashMap<String, Integer>();
        values.keySet().forEach(name -> {
            Matcher inLayer = LAYER.matcher(name);
            boolean numbered = inLayer.matches();
            int layer = numbered ? Integer.parseInt(inLayer.group(1)) : Integer.MAX_VALUE;
            layers.put(layer, numbered ? String.valueOf(layer + 1) : "–");
            places.put(name, layer);
            if (!kinds.contains(kind(name))) {
                kinds.add(kind(name));
            }
        });
        int left = left(kinds);
        var columns = new ArrayList<>(layers.keySet());
        var cells = new ArrayList<Cell>();
        values.forEach((name, value) -> cells.add(new Cell(
                left + CELL * columns.indexOf(places.get(name)),
                TOP + CELL * kinds.indexOf(kind(name)),
                name,
                value.text(),
                String.format(Locale.ROOT, "%.2f", 0.05 + 0.9 * value.share()),
                value.share() > 0.55)));
        return new LayerPlot(title, note, kinds, new ArrayList<>(layers.values()), cells);
    }

    /** What a part is called in every layer. */
    private static String kind(String name) {
        Matcher inLayer = LAYER.matcher(name);
        return inLayer.matches() ? inLayer.group(2) : name;
    }

    private static int left(List<String> kinds) {
        int letters = kinds.stream().mapToInt(String::length).max().orElse(0);
        return Math.max(LEAST_LEFT, (int) Math.ceil(LETTER * letters) + 12);
    }

    /** Where the cells begin. */
    public int left() {
        return left(kinds);
    }

    public int width() {
        return left() + CELL * layers.size() + 8;
    }

    public int height() {
        return TOP + CELL * kinds.size() + 40;
    }

    /** The middle of a row. */
    public int row(int number) {
        return TOP + CELL * number + CELL / 2;
    }

    /** The middle of a column. */
    public int column(int number) {
        return left() + CELL * number + CELL / 2;
    }
}
