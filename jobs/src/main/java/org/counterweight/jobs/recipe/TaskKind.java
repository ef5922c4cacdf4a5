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

    /** What a weigher needs of each row, and a batch of this kind has not: no setting brings other columns into a batch. */
    public List<RowColumn> lacks(WeigherConfig weigher) {
        return weigher.columns().stream()
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
    void check(String method, WeigherConfig weigher) {
        List<RowColumn> lacking = lacks(weigher);
        if (lacking.isEmpty()) {
            return;
        }
        boolean isChoice = columns.size() > 1 && lacking.stream().allMatch(column -> column.setting() != null);
        String settings =
                lacking.stream().map(column -> "weigh." + column.setting()).collect(Collectors.joining(", "));
        throw new ConfigException("weigh.method: " + method + " needs of each row " + RowColumn.described(lacking)
                + "; with task: " + key() + " it has " + RowColumn.described(columns)
                + ", and no recipe can give it more so far: "
                + (isChoice ? "set " + settings + " to one of these, or " : "") + "take another method");
    }

    /** As it stands in recipes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
