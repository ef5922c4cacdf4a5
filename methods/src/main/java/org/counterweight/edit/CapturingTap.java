package org.counterweight.edit;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.jspecify.annotations.Nullable;

/** Keeps what passes a point in one forward pass, and changes nothing. What it keeps is freed when it is closed. */
final class CapturingTap implements Tap, AutoCloseable {
    private @Nullable Tensor in;
    private @Nullable Tensor out;

    Tensor in() {
        return reached(in);
    }

    Tensor out() {
        return reached(out);
    }

    private static Tensor reached(@Nullable Tensor tensor) {
        if (tensor == null) {
            throw new IllegalStateException("no pass has reached this point yet");
        }
        return tensor;
    }

    @Override
    public Tensor apply(String point, Tensor entering, Tensor leaving, Pass pass) {
        close();
        in = Scope.own(entering.detach().clone()); // models free what they make layer by layer
        out = Scope.own(leaving.detach().clone());
        return leaving;
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of();
    }

    @Override
    public CapturingTap with(Map<String, Tensor> tensors) {
        return this;
    }

    @Override
    public void close() {
        for (Tensor kept : new Tensor[] {in, out}) {
            if (kept != null) {
                kept.close();
            }
        }
        in = null;
        out = null;
    }
}
