package org.counterweight.federate.client;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what each step of a round did: step j of every epoch pooled. Its tensors belong to the scope it was made in.
 */
final class StepRecorder {
    private final Recording recording;
    private final int epochs;
    private final List<Tensor> pooled = new ArrayList<>();
    private double squares;

    StepRecorder(Recording recording, int epochs) {
        this.recording = recording;
        this.epochs = epochs;
    }

    /** Whether updates are wanted at all. */
    boolean isOn() {
        return recording != Recording.NONE;
    }

    private boolean holdsSteps() {
        return recording == Recording.FULL || epochs > 1; // a square of a mean is no mean of squares
    }

    /**
     * @param place j, of the epoch; in order
     * @param update {@code [m]}
     * @param scope the innermost, which frees what is not kept
     */
    void add(int place, Tensor update, Scope scope) {
        if (!holdsSteps()) {
            squares += Updates.dot(update, update);
        } else if (place == pooled.size()) {
            pooled.add(scope.keep(update));
        } else {
            pooled.get(place).add_(update);
        }
    }

    /** Σ_j ‖g^j‖². */
    @Nullable
    Double sumOfSquares() {
        if (!isOn()) {
            return null;
        }
        double sum = squares;
        for (Tensor step : pooled) {
            sum += Updates.dot(step, step) / ((double) epochs * epochs);
        }
        return sum;
    }

    /** {@code [B, m]}. */
    @Nullable
    Tensor perStep() {
        return recording == Recording.FULL
                ? Tensors.times(torch.stack(new TensorVector(pooled.toArray(Tensor[]::new)), 0), 1.0 / epochs)
                : null;
    }
}
