package org.counterweight.spark.federate;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.call.Sent;
import org.counterweight.federate.client.LocalResult;
import org.counterweight.federate.client.Updates;
import org.jspecify.annotations.Nullable;

/**
 * What came of one client's work in a round; it stays with the executor until it is asked for.
 *
 * @param place the executor, as Spark names places where a task would like to run
 * @param failure why there is no update; null if there is one
 * @param made the update; null if there is none
 */
record Answer(
        String client,
        String place,
        @Nullable String failure,
        @Nullable Made made) implements Serializable {
    private static final long serialVersionUID = 1;

    /** The same without the update. */
    Answer head() {
        return new Answer(client, place, failure, null);
    }

    /** An update as bytes. The mean update of a step is not sent: it follows from the update. */
    record Made(
            double rate,
            TensorBytes update,
            long steps,
            long batches,
            long rows,
            List<Double> losses,
            @Nullable Double sumOfSquares,
            @Nullable TensorBytes perStep)
            implements Serializable {
        private static final long serialVersionUID = 1;
        private static final String STEPS = "steps";

        static Made of(Sent sent) {
            LocalResult result = sent.report().result();
            Tensor perStep = result.perStep();
            return new Made(
                    sent.report().rate(),
                    TensorBytes.of(result.update()),
                    result.steps(),
                    result.batches(),
                    result.rows(),
                    result.losses(),
                    result.sumOfSquares(),
                    perStep == null ? null : TensorBytes.of(Map.of(STEPS, perStep)));
        }

        /**
         * As it was before it was sent.
         *
         * @param untrained names of what no training moves as a weight
         */
        Sent sent(String client, Set<String> untrained) {
            try (var scope = Scope.open()) {
                Map<String, Tensor> moved = update.tensors();
                var trained = new LinkedHashMap<String, Tensor>();
                moved.forEach((name, tensor) -> {
                    if (tensor.is_floating_point() && !untrained.contains(name)) {
                        trained.put(name, tensor);
                    }
                });
                return Sent.of(
                        client,
                        rate,
                        new LocalResult(
                                Map.of(),
                                moved,
                                Tensors.times(Updates.flat(trained), 1.0 / steps),
                                steps,
                                batches,
                                rows,
                                losses,
                                sumOfSquares,
                                perStep == null
                                        ? null
                                        : Objects.requireNonNull(
                                                perStep.tensors().get(STEPS))));
            }
        }
    }
}
