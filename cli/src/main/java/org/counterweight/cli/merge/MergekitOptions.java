package org.counterweight.cli.merge;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of mergekit's commands that have no meaning here: old command lines go on working. */
public final class MergekitOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {
                "--lazy-unpickle",
                "--low-cpu-memory",
                "--clone-tensors",
                "--safe-serialization",
                "--async-write",
                "--trust-remote-code",
                "--cuda",
                "--multi-gpu",
                "--read-to-gpu",
                "--gpu-rich",
                "--load-in-4bit",
                "--load-in-8bit",
                "--lazy"
            },
            negatable = true,
            hidden = true)
    private boolean @Nullable [] flags; // one of them may stand beside another

    @Option(
            names = {"-v", "--verbose"},
            hidden = true)
    private boolean @Nullable [] verbosity;

    @Option(
            names = {"--lora-merge-cache", "--lora-merge-dtype", "--transformers-cache", "--write-threads", "--device"},
            hidden = true)
    private @Nullable List<String> values;

    /** A line that names those that were given; empty if none was. Nothing else of these commands is hidden. */
    public String remark() {
        if (flags == null && verbosity == null && values == null) {
            return "";
        }
        List<String> idle = spec.options().stream()
                .filter(OptionSpec::hidden)
                .flatMap(option -> Stream.of(option.names()))
                .toList();
        List<String> given = spec.commandLine().getParseResult().originalArgs().stream()
                .map(word -> word.replaceFirst("=.*", ""))
                .filter(word -> idle.contains(word.replaceFirst("^--no-", "--")))
                .distinct()
                .toList();
        return given.isEmpty() ? "" : String.join(", ", given) + ": mergekit's, without meaning here and passed over";
    }
}
