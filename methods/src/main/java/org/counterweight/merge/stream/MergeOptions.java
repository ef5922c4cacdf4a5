package org.counterweight.merge.stream;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.weights.WeightsWriter;

/** How a merge is carried out, beside what the recipe says; named as mergekit's options. */
public record MergeOptions(
        @Setting(value = "Seed of the random masks", defaultsTo = "0")
        long randomSeed,

        @Setting(
                value = "A new shard begins where this many bytes would be exceeded",
                defaultsTo = "5000000000",
                range = "at least 1; bytes")
        long outShardSize,

        @Setting(
                value = "Tensors that are merged at the same time; 0 for as many as there are cores",
                defaultsTo = "0",
                range = "at least 0; 0 for as many as there are cores")
        int numThreads,

        @Setting(
                value = "Float32 or wider with one rounding, or a rounding after each operation as in mergekit",
                defaultsTo = "\"exact\"",
                oneOf = {"exact", "mergekit"})
        Arithmetic arithmetic,

        @Setting(value = "Whether the tokenizer's files come along", defaultsTo = "true")
        boolean copyTokenizer,

        @Setting(value = "Whether a README.md is written", defaultsTo = "true")
        boolean writeModelCard,

        @Setting(
                value = "Leave out a model where its tensor has another shape, instead of refusing",
                defaultsTo = "false")
        boolean allowShapeMismatch,

        @Setting(value = "Merge models whose configs name different architectures", defaultsTo = "false")
        boolean allowCrimes,

        @Setting(value = "Elements of a tensor that trimming keeps at least", defaultsTo = "0", range = "at least 0")
        long minKeep,

        @Setting(
                value = "Fail if a merged tensor has NaN or infinite elements, instead of a remark",
                defaultsTo = "false")
        boolean failOnNonfinite,

        @Setting(
                value = "Widen models of block FP8 or of bitsandbytes' 4 bits, instead of refusing",
                defaultsTo = "false")
        boolean dequantize) {

    /** Where results are rounded. */
    public enum Arithmetic {
        EXACT,
        MERGEKIT
    }

    public MergeOptions {
        Checks.ranges(MergeOptions.class, "", outShardSize, numThreads, minKeep);
    }

    /** What holds if nothing is said. */
    public static MergeOptions defaults() {
        return new MergeOptions(
                0, WeightsWriter.DEFAULT_SHARD_BYTES, 0, Arithmetic.EXACT, true, true, false, false, 0, false, false);
    }

    int threads() {
        return numThreads > 0 ? numThreads : Runtime.getRuntime().availableProcessors();
    }

    boolean isExact() {
        return arithmetic == Arithmetic.EXACT;
    }
}
