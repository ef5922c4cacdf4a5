package org.counterweight.train.optimize;

import java.util.Collection;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * A tensor that a rule keeps for each parameter, as the rule declares it: the optimizer makes it, checkpoints hold it, and
 * what is read from one is compared with this.
 *
 * @param name under which it is saved, torch.optim's where it has one; not {@code step}, which every parameter has
 * @param start what each of its numbers is before the first step
 */
public record SlotSpec(String name, Shape shape, double start) {
    /** The optimizer's count of a parameter's steps, saved beside the slots. */
    static final String STEP = "step";

    /** Which numbers of the parameter have one in the slot. */
    public enum Shape {
        /** Each: shaped like the parameter. */
        PARAMETER {
            @Override
            long[] of(long[] parameter) {
                return parameter.clone();
            }
        },

        /** Each index of the first dimension, {@code [out]} of a weight {@code [out, in]}; one where there is no dimension. */
        ROWS {
            @Override
            long[] of(long[] parameter) {
                return parameter.length == 0 ? new long[0] : new long[] {parameter[0]};
            }
        },

        /** All of them together: one number. */
        ONE {
            @Override
            long[] of(long[] parameter) {
                return new long[0];
            }
        };

        abstract long[] of(long[] parameter);
    }

    public SlotSpec {
        if (name.isEmpty() || name.equals(STEP) || name.contains("/")) {
            throw new IllegalArgumentException("a slot cannot be called \"" + name + "\"");
        }
        if (!Double.isFinite(start)) {
            throw new IllegalArgumentException(name + ": starts at " + start + "; expected a finite number");
        }
    }

    /** Shaped like the parameter, 0 at the start: what most rules keep. */
    public static SlotSpec like(String name) {
        return new SlotSpec(name, Shape.PARAMETER, 0);
    }

    /** The slot's shape for a parameter of that one. */
    public long[] shapeFor(long... parameter) {
        return shape.of(parameter);
    }

    /** The slot before the first step, of the parameter's type and where it lies; made in the open scope. */
    Tensor create(Tensor parameter) {
        Tensor detached = parameter.detach();
        Tensor like = shape == Shape.PARAMETER ? detached : detached.new_empty(shapeFor(Tensors.shape(detached)));
        return torch.full_like(like, Tensors.scalar(start));
    }

    /** The bytes that these slots take for each of the parameters together: what a run needs beside them. */
    public static long bytes(List<SlotSpec> slots, Collection<Tensor> parameters) {
        long bytes = 0;
        for (Tensor parameter : parameters) {
            for (SlotSpec slot : slots) {
                bytes += Tensors.length(slot.shapeFor(Tensors.shape(parameter))) * parameter.element_size();
            }
        }
        return bytes;
    }
}
