package org.counterweight.cli.option;

import org.counterweight.engine.Engine;
import org.counterweight.jobs.predict.question.Inference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a model is asked, and how much at once. */
public final class WorkOptions {
    @Option(names = "--device", paramLabel = "NAME", description = "auto, cpu, cuda or cuda:N (default: cpu)")
    private String device = "cpu";

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "most rows in a batch; fewer where texts are long (default: ${DEFAULT-VALUE})")
    private int rows = Inference.USUAL.rows();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads of one operation (default: one for each core)")
    private @Nullable Integer threads;

    /** What was said; sets the number of threads, too. */
    public Inference work(Inference.Progress progress) {
        var work = new Inference(device, rows, progress);
        if (threads != null) {
            Engine.setThreads(threads);
        }
        return work;
    }
}
