package org.counterweight.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a report shows, in the order of the page; {@link #builder} makes one.
 *
 * @param lead one or two sentences: what was done and the result
 * @param figures the few numbers that one looks for first
 * @param chartsTitle what the charts have in common
 * @param sheets tables of figures
 * @param confusion of a classifier; else null
 * @param classes of a classifier; else empty
 * @param adaptedSummary what training moved, in one sentence; empty where nothing was trained
 * @param adapted the same by kind of module
 * @param layers what differs from layer to layer: ranks that were allocated, ratios of a merge
 * @param recipe as it was run, in YAML; empty where there was none
 * @param inputs the ledger's: what went in, and its SHA-256
 * @param facts seed, threads, versions, times
 * @param next what to try now, a command or a sentence each
 * @param maps figures of pairs
 */
public record Page(
        String title,
        String lead,
        List<Figure> figures,
        String chartsTitle,
        List<Chart> charts,
        List<Sheet> sheets,
        @Nullable ConfusionPlot confusion,
        List<ClassRow> classes,
        String adaptedSummary,
        List<Adapted> adapted,
        List<LayerPlot> layers,
        String recipe,
        List<Fact> inputs,
        List<Fact> facts,
        List<Next> next,
        List<HeatMap> maps) {

    /** A number with what it is, and what it is to be compared with. */
    public record Figure(String label, String value, String note) {}

    /**
     * A table of figures.
     *
     * @param columns that of the rows' names first
     * @param marked the row that was chosen, from 0; -1 for none
     */
    public record Sheet(String title, String note, List<String> columns, List<List<String>> rows, int marked) {
        public Sheet {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }

        /** How each column is read. */
        public List<@Nullable String> kinds() {
            return IntStream.range(0, columns.size())
                    .<@Nullable String>mapToObj(this::kind)
                    .toList();
        }

        /**
         * How a column is read: {@code text} from the left, in lines of its own; {@code words} from the left; null for numbers,
         * from the right.
         */
        @Nullable
        String kind(int column) {
            List<String> cells = rows.stream()
                    .filter(row -> column < row.size())
                    .map(row -> row.get(column))
                    .filter(cell -> SAID.matcher(cell).find())
                    .toList();
            if (cells.stream().anyMatch(cell -> cell.length() > LONG)) {
                return "text";
            }
            return !cells.isEmpty()
                            && cells.stream()
                                    .allMatch(cell -> WORDS.matcher(cell).matches())
                    ? "words"
                    : null;
        }
    }

    /** In a cell that is neither empty nor a dash. */
    private static final Pattern SAID = Pattern.compile("[\\p{L}\\p{N}]");

    private static final Pattern WORDS = Pattern.compile("(?!NaN|Infinity)\\p{L}.*");

    private static final int LONG = 28;

    /**
     * How one class fared; figures in [0, 1].
     *
     * @param rows of the class, each as often as its weight says
     */
    public record ClassRow(String label, double rows, double precision, double recall, double f1) {}

    /** A number of rows as it is written: whole, or of rows with weights perhaps with a decimal. */
    public static String rows(double count) {
        return String.format(Locale.ROOT, count == Math.rint(count) ? "%.0f" : "%.1f", count);
    }

    /** Modules of one kind: {@code attention.self.query}, how many, of which shape, with how many parameters in training. */
    public record Adapted(String kind, int modules, String shape, long trained) {}

    /** A name and what it is. */
    public record Fact(String name, String value) {}

    /** Something to try: a command, and why. */
    public record Next(String command, String why) {}

    public Page {
        figures = List.copyOf(figures);
        charts = List.copyOf(charts);
        sheets = List.copyOf(sheets);
        classes = List.copyOf(classes);
        adapted = List.copyOf(adapted);
        layers = List.copyOf(layers);
        inputs = List.copyOf(inputs);
        facts = List.copyOf(facts);
        next = List.copyOf(next);
        maps = List.copyOf(maps);
    }

    /**
     * Begins a page, of which the other parts are named one by one.
     *
     * @param lead one or two sentences: what was done and the result
     */
    public static PageBuilder builder(String title, String lead) {
        return new PageBuilder(title, lead);
    }

    /** The page as HTML. */
    public String html() {
        var html = new StringOutput();
        TemplateEngine.createPrecompiled(ContentType.Html).render("report.jte", Map.of("page", this), html);
        return html.toString();
    }

    /** Writes the page, whole or not at all. */
    public void write(Path file) {
        write(file, html());
    }

    static void write(Path file, String html) {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(beside, html);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
