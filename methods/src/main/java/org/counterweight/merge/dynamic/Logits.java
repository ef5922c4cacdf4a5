package org.counterweight.merge.dynamic;

import static org.counterweight.engine.Tensors.longs;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/** Logits {@code [samples, classes]}, checked before anything is made of them. */
public final class Logits {
    private Logits() {}

    /**
     * In float64.
     *
     * @param model how the model is called in messages
     * @throws IllegalArgumentException if there is but one class, or a sample is not finite: its number is named
     */
    static Tensor checked(Tensor logits, String model) {
        if (logits.dim() != 2 || logits.size(1) < 2) {
            throw new IllegalArgumentException(model + ": logits " + Arrays.toString(Tensors.shape(logits))
                    + ", expected [samples, classes] with at least two classes");
        }
        Tensor bad = logits.isfinite().all(1).logical_not();
        if (bad.any().item_bool()) {
            long row = bad.to(ScalarType.Long).argmax().item_long();
            throw new IllegalArgumentException(model + ": the logits of sample " + row + " are not finite");
        }
        return logits.detach().to(ScalarType.Double);
    }

    /** @throws IllegalArgumentException if the shapes differ */
    static void sameShape(Tensor a, Tensor b) {
        if (!Arrays.equals(Tensors.shape(a), Tensors.shape(b))) {
            throw new IllegalArgumentException("the models' logits differ in shape: "
                    + Arrays.toString(Tensors.shape(a)) + " and " + Arrays.toString(Tensors.shape(b)));
        }
    }

    /**
     * Only these classes' columns: where a data set has a part of the classes, entropies must be taken over that part.
     *
     * @throws IllegalArgumentException if fewer than two classes are left, or one does not exist
     */
    public static Tensor ofClasses(Tensor logits, List<Integer> classes) {
        long count = logits.size(-1);
        if (classes.size() < 2 || !classes.stream().allMatch(c -> c >= 0 && c < count)) {
            throw new IllegalArgumentException(
                    "classes: " + classes + " is not allowed; expected at least two of 0 to " + (count - 1));
        }
        return logits.index_select(-1, longs(classes.stream().mapToLong(c -> c).toArray()));
    }
}
