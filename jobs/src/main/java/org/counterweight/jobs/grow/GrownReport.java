package org.counterweight.jobs.grow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.incremental.run.GrowthStep;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What growing did, as it is put down in {@code grow.json}.
 *
 * @param known classes before
 * @param added classes that came
 * @param method and {@code preset}: how
 * @param rows learnt from, of which {@code remembered} were kept of old classes
 * @param restricted whether the head's weight was kept from being negative
 * @param gamma by which the new rows of the head were multiplied; divided by it they are again what they were. Null where
 *     nothing was aligned
 * @param unclamped γ before it was limited to 1
 * @param oldNorm mean norm of the old rows
 * @param newNorm mean norm of the new rows before
 * @param alpha and {@code beta}: of BiC; else null
 * @param quota rows of each class that are kept now
 * @param accuracy on the rows to judge by; empty without any
 * @param earlier what made the model before, the first step first
 */
public record GrownReport(
        List<String> known,
        List<String> added,
        String method,
        String preset,
        int rows,
        int remembered,
        boolean restricted,
        @Nullable Double gamma,
        @Nullable Double unclamped,
        @Nullable Double oldNorm,
        @Nullable Double newNorm,
        @Nullable Double alpha,
        @Nullable Double beta,
        int quota,
        List<Accuracy> accuracy,
        List<Earlier> earlier) {
    public GrownReport {
        known = List.copyOf(known);
        added = List.copyOf(added);
        accuracy = List.copyOf(accuracy);
        earlier = List.copyOf(earlier);
    }

    /**
     * Of a step that was taken.
     *
     * @param fresh how many rows of new classes it was taken on
     * @param remembered how many that were kept of old ones
     */
    static GrownReport of(
            GrowConfig config,
            List<String> known,
            List<String> added,
            int fresh,
            int remembered,
            GrowthStep.Result result,
            List<Accuracy> accuracy,
            List<Earlier> earlier) {
        var aligned = result.aligned();
        var corrected = result.corrected();
        return new GrownReport(
                known,
                added,
                config.method().name().toLowerCase(Locale.ROOT),
                config.preset().name().toLowerCase(Locale.ROOT),
                fresh + remembered,
                remembered,
                result.restricted(),
                aligned == null ? null : aligned.gamma(),
                aligned == null ? null : aligned.unclamped(),
                aligned == null ? null : aligned.oldNorm(),
                aligned == null ? null : aligned.newNorm(),
                corrected == null ? null : corrected.alpha(),
                corrected == null ? null : corrected.beta(),
                config.method().remembers() ? config.memory().of(known.size() + added.size()) : 0,
                accuracy,
                earlier);
    }

    /**
     * Shares of rows that are right.
     *
     * @param head which head answers
     * @param old on rows of old classes; NaN without any
     * @param young on rows of new classes
     */
    public record Accuracy(String head, double all, double old, double young) {
        /**
         * Of some rows.
         *
         * @param logits {@code [N, C]}
         * @param labels {@code int64 [N]}
         * @param known how many classes, the first ones, are old
         */
        static Accuracy of(String head, Tensor logits, Tensor labels, int known) {
            long[] right =
                    Tensors.toLongs(logits.argmax(new LongOptional(1), false).eq(labels));
            long[] truth = Tensors.toLongs(labels);
            double[] sums = new double[2];
            double[] rows = new double[2];
            for (int row = 0; row < right.length; row++) {
                int side = truth[row] < known ? 0 : 1;
                sums[side] += right[row];
                rows[side]++;
            }
            return new Accuracy(head, (sums[0] + sums[1]) / (rows[0] + rows[1]), sums[0] / rows[0], sums[1] / rows[1]);
        }
    }

    /** An earlier step: which classes it added, and by what their rows were multiplied. */
    public record Earlier(List<String> added, @Nullable Double gamma) {
        /** What the figures beside a model say about the steps that made it, its own the last; none without such a file. */
        static List<Earlier> of(Path figures) {
            if (!Files.isRegularFile(figures)) {
                return List.of();
            }
            try {
                ObjectNode said = Configs.read(figures);
                var steps = new ArrayList<Earlier>();
                said.path("earlier").forEach(step -> steps.add(of(step)));
                steps.add(of(said));
                return steps;
            } catch (IOException e) {
                throw new UncheckedIOException(figures + ": cannot be read: " + e.getMessage(), e);
            }
        }

        private static Earlier of(JsonNode step) {
            var added = new ArrayList<String>();
            step.path("added").forEach(label -> added.add(label.asString()));
            JsonNode gamma = step.path("gamma");
            return new Earlier(added, gamma.isNumber() ? Double.valueOf(gamma.asDouble()) : null);
        }
    }
}
