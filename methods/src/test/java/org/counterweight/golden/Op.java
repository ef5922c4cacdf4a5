package org.counterweight.golden;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.testing.GoldenCase;

/** One operation of a golden case: from its inputs and parameters to its outputs, by name. */
@FunctionalInterface
interface Op {
    Map<String, Tensor> run(GoldenCase golden);
}
