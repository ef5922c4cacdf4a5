package org.counterweight.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ranks of adapted modules, laid out for SVG: a row for each kind of module, a column for each layer, as in AdaLoRA's
 * figure 3.
 *
 * @param kinds names of the rows
 * @param layers names of the columns
 */
public record RankPlot(List<String> kinds, List<String> layers, List<Cell> cells, long most) {
    public static final int CELL = 29;
    public static final int LEFT = 142;
    public static final int TOP = 8;

    private static final Pattern LAYER = Pattern.compile("^(?:.*\\.)?(\\d+)\\.(.+)$");

    /** One module: where it stands, its rank, and how dark it is drawn. */
    public record Cell(int x, int y, String module, long rank, String opacity, boolean dark) {}

    public RankPlot {
        kinds = List.copyOf(kinds);
        layers = List.copyOf(layers);
        cells = List.copyOf(cells);
    }

    /** Lays out ranks by full module name; a module that lies in no numbered layer has a column of its own, the last. */
    public static RankPlot of(Map<String, Long> ranks) {
        var kinds = new ArrayList<String>();
        var layers = new TreeMap<Integer, String>();
        var places = new LinkedHashMap<String, Integer>();
        ranks.keySet().forEach(module -> {
            Matcher inLayer = LAYER.matcher(module);
            boolean numbered = inLayer.matches();
            int layer = numbered ? Integer.parseInt(inLayer.group(1)) : Integer.MAX_VALUE;
            layers.put(layer, numbered ? String.valueOf(layer + 1) : "–");
            places.put(module, layer);
            if (!kinds.contains(kind(module))) {
                kinds.add(kind(module));
            }
        });
        var columns = new ArrayList<>(layers.keySet());
        long most = Math.max(
                1, ranks.values().stream().mapToLong(Long::longValue).max().orElse(1));
        var cells = new ArrayList<Cell>();
        ranks.forEach((module, rank) -> {
            double share = (double) rank / most;
            cells.add(new Cell(
                    LEFT + CELL * columns.indexOf(places.get(module)),
                    TOP + CELL * kinds.indexOf(kind(module)),
                    module,
                    rank,
                    String.format(Locale.ROOT, "%.2f", 0.05 + 0.9 * share),
                    share > 0.55));
        });
        return new RankPlot(kinds, new ArrayList<>(layers.values()), cells, most);
    }

    /** What a module is called in every layer. */
    private static String kind(String module) {
        Matcher inLayer = LAYER.matcher(module);
        return inLayer.matches() ? inLayer.group(2) : module;
    }

    public int width() {
        return LEFT + CELL * layers.size() + 8;
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
        return LEFT + CELL * number + CELL / 2;
    }

    /** All ranks together. */
    public long total() {
        return cells.stream().mapToLong(Cell::rank).sum();
    }
}
