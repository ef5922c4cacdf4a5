package org.counterweight.distill.baseline;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Images in one tensor a class. */
final class Classes {
    private Classes() {}

    /** @throws IllegalArgumentException unless both have the same classes, and each of them images */
    static void requireSame(List<Tensor> real, List<Tensor> synthetic) {
        if (real.size() != synthetic.size()) {
            throw new IllegalArgumentException(
                    "real images of " + real.size() + " classes, synthetic ones of " + synthetic.size());
        }
        for (int c = 0; c < real.size(); c++) {
            if (real.get(c).size(0) == 0 || synthetic.get(c).size(0) == 0) {
                throw new IllegalArgumentException("class " + c + " has no images");
            }
        }
    }
}
