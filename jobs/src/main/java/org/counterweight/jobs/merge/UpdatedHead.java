package org.counterweight.jobs.merge;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * The classifier of a served model beside that of its update, which may have more classes, and all in another order.
 *
 * @param module whose weight and bias have a row a class
 * @param places the number that each of the old classes has in the update
 * @param classes of the update
 */
record UpdatedHead(String module, int[] places, int classes) {
    /** The classes that only the update knows. */
    List<Integer> added() {
        return IntStream.range(0, classes)
                .filter(id -> Arrays.stream(places).noneMatch(place -> place == id))
                .boxed()
                .toList();
    }

    /** The old model's predictions in the update's numbers, {@code int64 [rows]}. */
    Tensor numbered(Tensor old) {
        return Tensors.longs(Arrays.stream(places).mapToLong(place -> place).toArray())
                .index_select(0, old);
    }

    /** The old model's tensors with the head's rows in the update's order, and the update's own where it has none. */
    Map<String, Tensor> grown(Map<String, Tensor> old, Map<String, Tensor> updated) {
        return replaced(old, (name, rows) -> Objects.requireNonNull(updated.get(name)));
    }

    /** The same of what belongs to each element of the old model, with zeros for rows that it does not have. */
    Map<String, Tensor> unimportant(Map<String, Tensor> ofOld) {
        return replaced(ofOld, (name, rows) -> {
            long[] shape = Tensors.shape(rows);
            shape[0] = classes;
            return torch.zeros(shape, rows.options());
        });
    }

    /** Where the rows of added classes come from. */
    private interface Others {
        Tensor of(String name, Tensor rows);
    }

    private Map<String, Tensor> replaced(Map<String, Tensor> tensors, Others others) {
        var replaced = new LinkedHashMap<>(tensors);
        for (String part : List.of(module + ".weight", module + ".bias")) {
            Tensor rows = tensors.get(part);
            if (rows != null) {
                Tensor from = others.of(part, rows);
                Tensor both = torch.cat(new TensorVector(rows, from.to(rows.scalar_type())), 0);
                replaced.put(part, both.index_select(0, Tensors.longs(order(rows.size(0)))));
            }
        }
        return replaced;
    }

    /** For each class of the update its row among those of the old model and, behind them, of the update. */
    private long[] order(long oldClasses) {
        long[] order =
                IntStream.range(0, classes).mapToLong(id -> oldClasses + id).toArray();
        for (int i = 0; i < places.length; i++) {
            order[places[i]] = i;
        }
        return order;
    }
}
