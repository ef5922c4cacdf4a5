package org.counterweight.jobs.recipe.data;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.train.augment.Augmentation;
import org.jspecify.annotations.Nullable;

/**
 * Sentences of which each word has a tag: lines with a word and its tag, as CoNLL's shared tasks have them, or JSON lines with a
 * list of words and one of tags. Paths are relative to the directory that {@code cw} is started in.
 */
public record TokenData(
        @Setting(
                value = "What the rows are",
                defaultsTo = "\"tokens\"",
                oneOf = {"tokens"})
        DataKind kind,

        @Setting(value = "File to learn from", example = "\"sentences.conll\"")
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
                value = "Key of the words in JSON, or in lines the number of their column, from 1 on; null for tokens"
                        + " or words, and the first column",
                defaultsTo = "null")
        @Nullable
        String words,

        @Setting(
                value = "Key or column of the tags, likewise; null for tags, ner_tags or labels, and the last column",
                defaultsTo = "null")
        @Nullable
        String tags,

        @Setting(value = "Names of tags that are numbers in JSON, from 0 on, as [O, B-PER, I-PER]", defaultsTo = "[]")
        List<String> tagNames,

        @Setting(value = "Share of the sentences held out to choose by", defaultsTo = "0.1", range = "(0, 0.5]")
        double devShare,

        @Setting(value = "Share of the sentences held out to judge by", defaultsTo = "0.2", range = "(0, 0.5]")
        double testShare,

        @Setting(
                value = "Most sentences to learn from, chosen at random; null for all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer rows,

        @Setting(
                value = "Most sentences to choose by and most to judge by; null for all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer evalRows,

        @Setting(
                value = "Most tokens of a sentence, longer ones are cut. Where the model has positions for fewer than"
                        + " 128, the default is that number",
                defaultsTo = "128",
                range = "at least 2; 64 to 512 is usual")
        int maxLength)
        implements DataConfig {

    public TokenData {
        Checks.ranges(TokenData.class, "data", devShare, testShare, rows, evalRows, maxLength);
        train = HomeDirectory.expanded(train);
        dev = HomeDirectory.expandedOrNull(dev);
        test = HomeDirectory.expandedOrNull(test);
        tagNames = List.copyOf(tagNames);
        if (tagNames.stream().distinct().count() < tagNames.size()) {
            throw new ConfigException("data.tag_names", tagNames, "names that are all different");
        }
    }

    /** The catalogue has no tagged sentences. */
    @Override
    public @Nullable String name() {
        return null;
    }

    /** Nothing changes words at random. */
    @Override
    public List<Augmentation> augment() {
        return List.of();
    }

    /** Files of sentences say nothing more of them. */
    @Override
    public ColumnsSection columns() {
        return ColumnsSection.NONE;
    }
}
