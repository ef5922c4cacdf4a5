package org.counterweight.jobs.recipe;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.recipe.data.DataKind;
import org.counterweight.model.Batch;
import org.counterweight.train.weigh.RowColumn;
import org.jspecify.annotations.Nullable;

/** What a model is to learn, and what a recipe must know of it; what a run does for each is in {@code jobs.task}. */
public enum TaskKind {
    /** Which of a few classes a text belongs to. */
    TEXT_CLASSIFICATION(List.of(DataKind.TEXTS), Known.OF_CLASSES, List.of(Known.LABEL, Known.ROW), null),
    /** Which of a few classes each word of a sentence belongs to, and so which entities it has. */
    TOKEN_CLASSIFICATION(
            List.of(DataKind.TOKENS), Known.OF_ENTITIES, List.of(Known.ROW), "files of tagged words bring none"),
    /** The next word from those before it: decoders. */
    CAUSAL_LM(
            List.of(DataKind.DOCUMENTS, DataKind.TEXTS),
            Known.OF_WORDS,
            List.of(Known.ROW),
            "texts are joined and cut"),
    /** Hidden words from those around them: encoders. */
    MASKED_LM(List.of(DataKind.TEXTS, DataKind.DOCUMENTS), Known.OF_WORDS, List.of(Known.ROW), null),
    /** The text that answers a text: encoders with decoders. */
    TEXT_TO_TEXT(List.of(DataKind.TEXTS), Known.OF_WORDS, List.of(Known.ROW), null),
    /** Which of a few classes an image belongs to. */
    IMAGE_CLASSIFICATION(
            List.of(DataKind.IMAGES), Known.OF_CLASSES, List.of(Known.LABEL, Known.ROW), "pictures bring none"),
    /** Which of a few classes a table's row belongs to. */
    TABLE_CLASSIFICATION(List.of(DataKind.TABLE), Known.OF_CLASSES, List.of(Known.LABEL, Known.ROW), null),
    /** A number, of a table's row, of a text or of a picture. */
    REGRESSION(List.of(DataKind.TABLE, DataKind.TEXTS, DataKind.IMAGES), Known.OF_SCORES, List.of(Known.ROW), null),
    /** Which of several classes a text, a table's row or a picture belongs to: any number of them. */
    MULTI_LABEL_CLASSIFICATION(
            List.of(DataKind.TEXTS, DataKind.TABLE, DataKind.IMAGES), Known.OF_LABEL_SETS, List.of(Known.ROW), null),
    /** Which of a few classes a graph's node belongs to. */
    NODE_CLASSIFICATION(
            List.of(DataKind.GRAPH), Known.OF_CLASSES, List.of(Known.LABEL, Known.ROW), "graphs bring none"),
    /** Noise from data in images of known classes: what guided sampling asks. */
    DIFFUSION(List.of(DataKind.IMAGES), Known.OF_NOISE, List.of(Known.ROW), "pictures bring none");

    /** What results are judged by, and what a batch says about each row. */
    private static final class Known {
        static final List<String> OF_CLASSES = List.of("accuracy", "macro_f1");
        static final List<String> OF_ENTITIES =
                List.of("entity_f1", "entity_precision", "entity_recall", "word_accuracy");
        static final List<String> OF_WORDS = List.of("loss", "perplexity");
        static final List<String> OF_SCORES = List.of("rmse", "pearson", "spearman");
        static final List<String> OF_LABEL_SETS = List.of("micro_f1", "macro_f1", "exact_match");
        static final List<String> OF_NOISE = List.of("loss");
        static final RowColumn LABEL = new RowColumn(Batch.LABELS, "its class", 0, null);
        static final RowColumn ROW = new RowColumn(Batch.ROW, "its number", 0, null);
    }

    private final List<DataKind> data;
    private final List<String> figures;
    private final List<RowColumn> columns;
    private final @Nullable String noColumns;

    /**
     * @param data what it can be learnt from, the usual first
     * @param figures that results are judged by
     * @param columns what a batch says about each row
     * @param noColumns why what a file says about a row is not true of the rows here; null if it is
     */
    TaskKind(List<DataKind> data, List<String> figures, List<RowColumn> columns, @Nullable String noColumns) {
        this.data = data;
        this.figures = figures;
        this.columns = columns;
        this.noColumns = noColumns;
    }

    /** What it can be learnt from, the usual first. */
    public List<DataKind> data() {
        return data;
    }

    /** The figures that a result of this kind is judged by, by their names in an evaluation. */
    public List<String> figures() {
        return figures;
    }

    /** Whether every row has one class, which samplers draw by and metrics count. */
    public boolean hasClasses() {
        return columns.contains(Known.LABEL);
    }

    /**
     * Whether what a file says about its rows under that key is true of the rows here: of joined texts the group, as only those of
     * one are joined.
     */
    boolean isTrue(String key) {
        return noColumns == null || (this == CAUSAL_LM && key.equals(ColumnsSection.GROUP));
    }

    /** What is needed of each row, and neither a batch of this kind nor a column of the file has. */
    public List<RowColumn> lacks(List<RowColumn> wanted, ColumnsSection given) {
        return wanted.stream()
                .filter(needed -> !isTrue(needed.name()) || !given.given().containsKey(needed.name()))
                .filter(needed ->
                        columns.stream().noneMatch(column -> column.name().equals(needed.name())))
                .toList();
    }

    /**
     * Refuses what would look for something that no row has.
     *
     * @param what the setting that needs it, with its value where it has one: {@code weigh.method: group_dro}
     * @param section in which its settings stand
     * @throws ConfigException with what is needed, what there is, and what to do
     */
    void check(String what, String section, List<RowColumn> wanted, ColumnsSection given) {
        List<RowColumn> lacking = lacks(wanted, given);
        if (lacking.isEmpty()) {
            return;
        }
        boolean isChoice = columns.size() > 1 && lacking.stream().allMatch(column -> column.setting() != null);
        String settings =
                lacking.stream().map(column -> section + "." + column.setting()).collect(Collectors.joining(", "));
        String keys = lacking.stream()
                .map(RowColumn::name)
                .filter(ColumnsSection.ALL.given()::containsKey)
                .filter(this::isTrue)
                .map(name -> name + ": NAME")
                .collect(Collectors.joining(", "));
        boolean columnsHelp = !keys.isEmpty();
        throw new ConfigException(what + " needs of each row " + RowColumn.described(lacking)
                + "; with task: " + key() + " it has " + RowColumn.described(columns)
                + (noColumns == null || columnsHelp ? ": " : ", and no column of a file, as " + noColumns + ": ")
                + (columnsHelp ? "name the file's in data.columns: {" + keys + "}, " : "")
                + (isChoice ? "set " + settings + " to one of these, " : "")
                + (columnsHelp || isChoice ? "or " : "")
                + (section.equals("weigh") ? "take another method" : "leave it out"));
    }

    /** As it stands in recipes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
