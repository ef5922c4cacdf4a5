package org.counterweight.jobs.recipe;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Batch;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.WeigherConfig;

/** What a model is to learn. */
public enum TaskKind {
    /** Which of a few classes a text belongs to. */
    TEXT_CLASSIFICATION(List.of("accuracy", "macro_f1"), List.of(Known.LABEL, Known.ROW)),
    /** The next word from those before it: decoders. */
    CAUSAL_LM(List.of("loss", "perplexity"), List.of(Known.ROW)),
    /** Hidden words from those around them: encoders. */
    MASKED_LM(List.of("loss", "perplexity"), List.of(Known.ROW));

    /** What a batch says of each row. */
    private static final class Known {
        static final RowColumn LABEL = new RowColumn(Batch.LABELS, "its class", 0, null);
        static final RowColumn ROW = new RowColumn(Batch.ROW, "its number", 0, null);
    }

    private final List<String> figures;
    private final List<RowColumn> columns;

    TaskKind(List<String> figures, List<RowColumn> columns) {
        this.figures = figures;
        this.columns = columns;
    }

    /** The figures that a result of this kind is judged by, by their names in an evaluation. */
    public List<String> figures() {
        return figures;
    }

    /** Whether the model has to find words. */
    public boolean isLanguageModel() {
        return this != TEXT_CLASSIFICATION;
    }

    /** Whether a text is a row, so that what a file says of a text is true of the row; {@code causal_lm} joins and cuts them. */
    public boolean hasRowsOfTexts() {
        return this != CAUSAL_LM;
    }

    /** What a weigher needs of each row, and neither a batch of this kind nor a column of the file has. */
    public List<RowColumn> lacks(WeigherConfig weigher, ColumnsSection given) {
        return weigher.columns().stream()
                .filter(needed -> !hasRowsOfTexts() || !given.given().containsKey(needed.name()))
                .filter(needed ->
                        columns.stream().noneMatch(column -> column.name().equals(needed.name())))
                .toList();
    }

    /**
     * Refuses a weigher that would look for something that no row has.
     *
     * @param method the weigher's name
     * @throws ConfigException with what is needed, what there is, and what to do
     */
    void check(String method, WeigherConfig weigher, ColumnsSection given) {
        List<RowColumn> lacking = lacks(weigher, given);
        if (lacking.isEmpty()) {
            return;
        }
        boolean isChoice = columns.size() > 1 && lacking.stream().allMatch(column -> column.setting() != null);
        String settings =
                lacking.stream().map(column -> "weigh." + column.setting()).collect(Collectors.joining(", "));
        String keys = lacking.stream()
                .map(RowColumn::name)
                .filter(ColumnsSection.ALL.given()::containsKey)
                .map(name -> name + ": NAME")
                .collect(Collectors.joining(", "));
        boolean columnsHelp = hasRowsOfTexts() && !keys.isEmpty();
        throw new ConfigException("weigh.method: " + method + " needs of each row " + RowColumn.described(lacking)
                + "; with task: " + key() + " it has " + RowColumn.described(columns)
                + (hasRowsOfTexts() ? ": " : ", and no column of a file, as texts are joined and cut: ")
                + (columnsHelp ? "name the file's in data.columns: {" + keys + "}, " : "")
                + (isChoice ? "set " + settings + " to one of these, " : "")
                + (columnsHelp || isChoice ? "or " : "") + "take another method");
    }

    /** As it stands in recipes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
