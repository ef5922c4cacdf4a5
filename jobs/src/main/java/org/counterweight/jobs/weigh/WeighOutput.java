package org.counterweight.jobs.weigh;

import java.util.Locale;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** Where the tables with their weights go. */
public record WeighOutput(
        @Setting(value = "Directory of tables and report; null if the command says it", defaultsTo = "null") @Nullable
        String directory,

        @Setting(
                value = "Form of the tables; null for that of the first input",
                defaultsTo = "null",
                oneOf = {"csv", "jsonl", "parquet"})
        @Nullable
        Form format,

        @Setting(
                value = "Put before the names of the weights, where the table already has such a column",
                defaultsTo = "\"\"")
        String prefix) {
    /** Forms of tables. */
    public enum Form {
        CSV,
        JSONL,
        PARQUET;

        String ending() {
            return "." + name().toLowerCase(Locale.ROOT);
        }
    }
}
