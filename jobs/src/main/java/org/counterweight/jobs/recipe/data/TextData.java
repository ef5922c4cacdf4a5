package org.counterweight.jobs.recipe.data;

import java.util.List;
import java.util.stream.Stream;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.train.augment.Augmentation;
import org.jspecify.annotations.Nullable;

/**
 * The texts, and of a classifier their classes: a set of the catalogue, or files. CSV, JSONL and Parquet have a text in each
 * row; in plain text (.txt), for language models, an empty line ends a document. Paths are relative to the directory that
 * {@code cw} is started in.
 */
public record TextData(
        @Setting(
                value = "What the rows are: texts, or documents for a language model; what the task usually learns"
                        + " from",
                defaultsTo = "\"texts\"",
                oneOf = {"texts", "documents"})
        DataKind kind,

        @Setting(value = "A set of texts that cw data list knows; else give train", defaultsTo = "null") @Nullable
        String name,

        @Setting(value = "File to learn from", defaultsTo = "null") @Nullable
        String train,

        @Setting(
                value = "File to choose by; without it dev_share of the training rows is held out",
                defaultsTo = "null")
        @Nullable
        String dev,

        @Setting(
                value = "File to judge by; without it test_share of the training rows is held out",
                defaultsTo = "null")
        @Nullable
        String test,

        @Setting(
                value = "Column or key of the text, or of a pair's first text; [first, second] names both of a pair",
                defaultsTo = "\"text\"")
        String text,

        @Setting(
                value = "Column or key of a second text that is read together with the first; null for single texts",
                defaultsTo = "null")
        @Nullable
        String pair,

        @Setting(
                value = "Column or key of the class, or of the answer; language models have none",
                defaultsTo = "\"label\"")
        String label,

        @Setting(
                value = "What the labels are: auto refuses scores and lists, classes takes each value for a class",
                defaultsTo = "\"auto\"",
                oneOf = {"auto", "classes"})
        Labels labels,

        @Setting(value = "Share of the rows held out to choose by", defaultsTo = "0.1", range = "(0, 0.5]")
        double devShare,

        @Setting(value = "Share of the rows held out to judge by", defaultsTo = "0.2", range = "(0, 0.5]")
        double testShare,

        @Setting(
                value = "Most rows to learn from, chosen at random with the classes in their proportions; null for all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer rows,

        @Setting(
                value = "Most rows to choose by and most to judge by, chosen likewise; null for all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer evalRows,

        @Setting(
                value = "Most tokens of a text, longer ones are cut; causal_lm joins texts and cuts them into rows of"
                        + " this length. Where the model has positions for fewer than 128, the default is that"
                        + " number",
                defaultsTo = "128",
                range = "at least 2; 64 to 512 is usual")
        int maxLength,

        @Setting(
                value = "causal_lm: keep the texts of one row apart: no token sees those of another text, and"
                        + " positions restart with each",
                defaultsTo = "false")
        boolean documentMasks,

        @Setting(
                value = "causal_lm: directory for memory-mapped tokens, rebuilt only when texts or tokenizer change;"
                        + " null keeps them in memory",
                defaultsTo = "null")
        @Nullable
        String shards,

        @Setting(
                value = "Share of the tokens that masked_lm hides",
                defaultsTo = "0.15",
                range = "(0, 1); 0.15 is usual")
        double maskShare,

        @Setting(value = "Random changes to rows in training; crop and flip are for images", defaultsTo = "[]")
        List<Augmentation> augment,

        @Setting(value = "How the files are written; what is not given is detected", defaultsTo = "{}")
        TableFormat format,

        @Setting(value = "Further columns of the rows to learn from, for weigh", defaultsTo = "{}")
        ColumnsSection columns)
        implements DataConfig {

    public TextData {
        Checks.ranges(TextData.class, "data", devShare, testShare, rows, evalRows, maxLength, maskShare);
        train = HomeDirectory.expandedOrNull(train);
        dev = HomeDirectory.expandedOrNull(dev);
        test = HomeDirectory.expandedOrNull(test);
        shards = HomeDirectory.expandedOrNull(shards);
        DataConfig.checkPlaces(name, train, dev, test);
        if (name != null && !columns.equals(ColumnsSection.NONE)) {
            throw new ConfigException("data.columns are a file's; they go with train, not with name");
        }
        columns.checkSplit(dev == null || test == null);
        augment = List.copyOf(augment);
        if (!augment.isEmpty()) {
            throw new ConfigException(
                    "data.augment[0] changes " + augment.get(0).changes()
                            + ", and texts have none; leave it out, or give data.kind: images and a task for them");
        }
        if (text.equals(label)) {
            throw new ConfigException("data.label", label, "another column than data.text");
        }
        if (pair != null && (pair.equals(text) || pair.equals(label))) {
            throw new ConfigException("data.pair", pair, "another column than data.text and data.label");
        }
        if (pair != null && name != null) {
            throw new ConfigException("data.pair is a file's column; it goes with train, not with name");
        }
    }

    /** Refuses what is said about texts that are joined to rows, where a task joins none. */
    public void checkNotJoined(String task) {
        if (documentMasks || shards != null) {
            throw new ConfigException(
                    (documentMasks ? "data.document_masks" : "data.shards") + " is of texts that are joined, and task: "
                            + task + " joins none; leave it out, or take causal_lm");
        }
    }

    /** The columns that a model reads: of the text, or of both. */
    public List<String> read() {
        return pair == null ? List.of(text) : List.of(text, pair);
    }

    /** Those and the label's. */
    public List<String> readAndLabel() {
        return Stream.concat(read().stream(), Stream.of(label)).toList();
    }
}
