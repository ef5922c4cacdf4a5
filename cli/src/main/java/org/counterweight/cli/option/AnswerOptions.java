package org.counterweight.cli.option;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is reported of each row, beside what the model makes of it. */
public final class AnswerOptions {
    @Option(names = "--id", paramLabel = "NAME", description = "column that identifies the rows in the answers")
    private @Nullable String id;

    @Option(names = "--keep", split = ",", paramLabel = "NAME", description = "columns to repeat with the answers")
    private List<String> keep = List.of();

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "return the probabilities of the N likeliest classes, or of all")
    private @Nullable String top;

    /** The column that names rows, or null. */
    @Nullable
    public String id() {
        return id;
    }

    /** The columns that are told again. */
    public List<String> keep() {
        return keep;
    }

    /** Of how many classes the probabilities are told; 0 where nothing was said. */
    public int top() {
        if (top == null) {
            return 0;
        }
        if (top.equals("all")) {
            return Integer.MAX_VALUE;
        }
        if (!top.matches("[1-9]\\d{0,8}")) {
            throw new ConfigException("--top", top, "a number of classes from 1 on, or all");
        }
        return Integer.parseInt(top);
    }
}
