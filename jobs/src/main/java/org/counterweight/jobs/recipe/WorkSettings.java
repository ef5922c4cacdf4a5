package org.counterweight.jobs.recipe;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.engine.Engine;
import org.jspecify.annotations.Nullable;

/** What stands at the top of a recipe, outside of any section: what is learnt, and with what of the machine. */
public record WorkSettings(
        @Setting(
                value = "What the model learns to predict: a class of each text, image, row of a table or node of a"
                        + " graph, any number of classes, a number, the next word (decoders), hidden words"
                        + " (encoders), the text that answers a text (T5), or the noise in images, to draw such"
                        + " images (diffusion)",
                defaultsTo = "\"text_classification\"",
                oneOf = {
                    "text_classification",
                    "causal_lm",
                    "masked_lm",
                    "text_to_text",
                    "image_classification",
                    "table_classification",
                    "regression",
                    "multi_label_classification",
                    "node_classification",
                    "diffusion"
                })
        TaskKind task,

        @Setting(
                value = "Where to compute; auto uses a CUDA device where LibTorch was built for one",
                defaultsTo = "\"auto\"",
                range = "auto, cpu, cuda or cuda:N")
        String device,

        @Setting(
                value = "Threads of one operation; null for the number of cores",
                defaultsTo = "null",
                range = "1 to 1024; null is one a core")
        @Nullable
        Integer threads,

        @Setting(
                value = "Processes on this machine that share each step, each with its part of the rows of every"
                        + " batch; they share the threads",
                defaultsTo = "1",
                range = "1 to 64")
        int processes,

        @Setting(
                value = "The same result to the last bit in every run with the same threads on the same machine, also"
                        + " with MKL",
                defaultsTo = "false")
        boolean deterministic) {

    public WorkSettings {
        Checks.ranges(WorkSettings.class, "", threads, processes);
        if (!device.matches("auto|cpu|cuda(:\\d{1,3})?")) {
            throw new ConfigException("device", device, "auto, cpu, cuda or cuda:N");
        }
    }

    /** Sets the engine up as these say, sums in a fixed order and threads, before anything is computed. */
    public void prepareEngine() {
        if (deterministic) {
            Engine.beDeterministic();
        }
        if (threads != null) {
            Engine.setThreads(threads);
        }
    }
}
