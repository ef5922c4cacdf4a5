package org.counterweight.merge;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;

/** What models must have in common before they can be merged; the errors name the tensors. */
public final class Agreement {
    private static final int LISTED = 5;

    private Agreement() {}

    /**
     * @param what how the models are called in the message: {@code model_stock}
     * @throws WeightsException if there are fewer than {@code least}
     */
    public static void atLeast(String what, int least, int found) {
        if (found < least) {
            throw new WeightsException(what + " needs at least " + least + " models beside the anchor, found " + found);
        }
    }

    /**
     * Refuses models that do not have the same tensors.
     *
     * @param models one or more, by the names of their tensors
     * @throws WeightsException listing the names that some model lacks
     */
    public static void sameNames(List<? extends Map<String, Tensor>> models) {
        Set<String> first = models.get(0).keySet();
        for (int i = 1; i < models.size(); i++) {
            Set<String> other = models.get(i).keySet();
            if (!other.equals(first)) {
                throw new WeightsException("model " + i + " has " + difference("no ", first, other)
                        + difference("besides ", other, first)
                        + "; only models of one architecture can be merged");
            }
        }
    }

    private static String difference(String before, Set<String> of, Set<String> without) {
        var names = new TreeSet<>(of);
        names.removeAll(without);
        if (names.isEmpty()) {
            return "";
        }
        String more = names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "";
        return before + String.join(", ", names.stream().limit(LISTED).toList()) + more + " ";
    }

    /**
     * Refuses tensors of several shapes.
     *
     * @param name theirs, for the message
     * @param tensors one a model
     * @throws WeightsException naming the tensor and both shapes
     */
    public static void sameShapes(String name, List<Tensor> tensors) {
        long[] first = Tensors.shape(tensors.get(0));
        for (int i = 1; i < tensors.size(); i++) {
            long[] other = Tensors.shape(tensors.get(i));
            if (!Arrays.equals(first, other)) {
                throw new WeightsException(name + ": " + Arrays.toString(first) + " in model 0, "
                        + Arrays.toString(other) + " in model " + i
                        + "; only models of one architecture can be merged");
            }
        }
    }

    /**
     * Refuses NaN and infinity.
     *
     * @param name theirs, for the message
     * @param tensors one a model, of any shapes
     * @throws WeightsException naming the tensor and the first model in which it is not finite
     */
    public static void finite(String name, List<Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            if (!tensors.get(i).isfinite().all().item_bool()) {
                throw new WeightsException(name + ": has NaN or infinite elements in model " + i);
            }
        }
    }
}
