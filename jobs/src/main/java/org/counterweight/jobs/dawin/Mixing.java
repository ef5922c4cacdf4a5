package org.counterweight.jobs.dawin;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.merge.dynamic.Clusters;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Finds from the models' own answers how much of each a row gets, and makes the weights of such a mixture. */
sealed interface Mixing permits Interpolation, TaskVectors {
    /**
     * How much each row gets of which model.
     *
     * @param coefficients of each row, {@code [rows, models]}
     * @param entropies of each model's answers, in nats, {@code [rows]} each
     * @param clusters which merged model answers which row
     * @param isClustered whether rows share models; else each has its own
     * @param fitted offset and mixture, with which later rows can be treated the same
     */
    record Mixed(
            Tensor coefficients, List<Tensor> entropies, Clusters clusters, boolean isClustered, ObjectNode fitted) {}

    /**
     * @param logits of each model, {@code [rows, classes]}
     * @param reference of each model on the rows that offset and mixture are fitted to; null for the rows themselves
     * @param labels {@code int64 [rows]}, or null
     */
    Mixed mix(List<Tensor> logits, @Nullable List<Tensor> reference, @Nullable Tensor labels);

    /** The coefficients of a merge that is the same for all rows, and in which all models count the same. */
    List<Double> uniform();

    /** The weights of a mixture, in the types of the first model; they belong to the open scope. */
    Map<String, Tensor> weights(List<Double> coefficients);

    /** What was chosen, for the ledger. */
    ObjectNode settings();
}
