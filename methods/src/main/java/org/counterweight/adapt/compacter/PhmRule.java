package org.counterweight.adapt.compacter;

import static org.bytedeco.pytorch.global.torch.bmm;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The slow weights of a hypercomplex layer, A_1 … A_n.
 *
 * @param left A, {@code [n, n, n]}; with a {@code right}, its left factors, {@code [n, n, 1]}
 * @param right {@code [n, 1, n]}, or null where A is kept whole
 */
public record PhmRule(Tensor left, @Nullable Tensor right) {
    /** A, {@code [n, n, n]}. */
    Tensor tensor() {
        return right == null ? left : bmm(left, right);
    }

    Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>();
        if (right == null) {
            all.put("phm_rule", left);
        } else {
            all.put("phm_rule_left", left);
            all.put("phm_rule_right", right);
        }
        return all;
    }

    /** The same with these tensors in place of its own, by the names of {@link #tensors}. */
    PhmRule with(Map<String, Tensor> tensors) {
        return right == null
                ? new PhmRule(tensors.getOrDefault("phm_rule", left), null)
                : new PhmRule(
                        tensors.getOrDefault("phm_rule_left", left), tensors.getOrDefault("phm_rule_right", right));
    }
}
