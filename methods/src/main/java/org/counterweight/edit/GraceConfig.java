package org.counterweight.edit;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.codebook.Duplicates;
import org.counterweight.edit.codebook.Expansion;
import org.counterweight.edit.codebook.LabelMatch;
import org.counterweight.edit.codebook.Maintenance;

/**
 * Settings of GRACE. Where the official code and sense differ the default is sense: a key token that padding does not move,
 * splits that never grow, anchors. {@code key_token: last, split_never_grows: false, anchors: false, on_duplicate: split,
 * label_match: mean} is the official code.
 */
@Example(
        where = "a command, with edits as {\"text\": …, \"label\": …} line by line",
        value = "./cw edit MODEL --input edits.jsonl --layer layer.0.output.dense --output OUT")
public record GraceConfig(
        @Setting(
                value = "The layer that is wrapped, a point of the model or the ending of one name",
                example = "\"layer.0.output.dense\"")
        String layer,

        @Setting(
                value = "Radius of a fresh entry: inputs whose activations are so near are answered alike",
                defaultsTo = "1.0",
                range = "above 0; cw edit tells what the data suggest")
        double eps,

        @Setting(
                value = "Steps in which an edit's value is trained",
                defaultsTo = "100",
                range = "at least 1; 50 to 200 is usual")
        int nIter,

        @Setting(value = "Learning rate of the value, by Adam", defaultsTo = "1.0", range = "above 0; 1e-3 to 1")
        double editLr,

        @Setting(
                value = "A fresh value: drawn in [0, 1), or the layer's own output",
                defaultsTo = "\"cold\"",
                oneOf = {"cold", "warm"})
        ValueStart valInit,

        @Setting(
                value = "What an entry does that an edit with its label lies beside",
                defaultsTo = "\"coverage\"",
                oneOf = {"coverage", "moving_average"})
        Expansion epsExpand,

        @Setting(
                value = "Which positions of the layer's output are replaced",
                defaultsTo = "\"replace_prompt\"",
                oneOf = {"replace_all", "replace_last", "replace_prompt"})
        Replacement replacement,

        @Setting(value = "Whether replace_prompt replaces the key token too", defaultsTo = "false")
        boolean inclusive,

        @Setting(
                value = "Which token asks the codebook",
                defaultsTo = "\"last_non_pad\"",
                oneOf = {"last", "last_non_pad", "cls", "mean"})
        KeyToken keyToken,

        @Setting(
                value = "How far activations are from each other",
                defaultsTo = "\"euc\"",
                oneOf = {"euc", "cos"})
        Distance distFn,

        @Setting(
                value = "When two edits want the same: the same tokens, or their mean as in the official code",
                defaultsTo = "\"exact\"",
                oneOf = {"exact", "mean"})
        LabelMatch labelMatch,

        @Setting(value = "Width of the strip between split entries that defers", defaultsTo = "1e-5", range = "above 0")
        double splitGap,

        @Setting(value = "Whether a split only shrinks radii", defaultsTo = "true")
        boolean splitNeverGrows,

        @Setting(
                value = "What another label for the same input does",
                defaultsTo = "\"overwrite\"",
                oneOf = {"overwrite", "split"})
        Duplicates onDuplicate,

        @Setting(value = "How near an input is the same", defaultsTo = "1e-9", range = "at least 0")
        double duplicateTol,

        @Setting(value = "Whether edits that a split uncovers get entries of their own", defaultsTo = "true")
        boolean anchors,

        @Setting(
                value = "Stop training a value once its loss is below this; 0 for never",
                defaultsTo = "0.0",
                range = "at least 0")
        double earlyStopLoss,

        @Setting(value = "Stop training a value once the answer is right", defaultsTo = "false")
        boolean stopWhenRight,

        @Setting(value = "Whether every generated token asks the codebook again", defaultsTo = "false")
        boolean requery,

        @Setting(value = "Where fresh values come from", defaultsTo = "0")
        long seed) {

    public GraceConfig {
        Checks.ranges(GraceConfig.class, "grace", eps, nIter, editLr, splitGap, duplicateTol, earlyStopLoss);
        if (layer.isBlank()) {
            throw new ConfigException("grace.layer", layer, "the name of a layer");
        }
    }

    /** What an edit makes of a codebook. */
    public Maintenance maintenance() {
        return new Maintenance(
                eps, epsExpand, labelMatch, splitGap, splitNeverGrows, onDuplicate, duplicateTol, anchors);
    }
}
