package org.counterweight.merge.update;

import static org.counterweight.engine.Tensors.longs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.Staged;

/**
 * What a model said of instances, by their ids: the old model's stored predictions are paired with a new model's by id,
 * whatever their order.
 *
 * @param ids one an instance, all different
 * @param classes {@code int64 [M]}
 */
public record Predictions(List<String> ids, Tensor classes) {
    public Predictions {
        ids = List.copyOf(ids);
        if (ids.size() != classes.numel()) {
            throw new IllegalArgumentException(ids.size() + " ids for " + classes.numel() + " predictions");
        }
        rows(ids);
    }

    private static Map<String, Integer> rows(List<String> ids) {
        var rows = new HashMap<String, Integer>();
        for (int i = 0; i < ids.size(); i++) {
            Integer before = rows.put(ids.get(i), i);
            if (before != null) {
                throw new IllegalArgumentException(
                        "the id \"" + ids.get(i) + "\" stands twice, in rows " + before + " and " + i);
            }
        }
        return rows;
    }

    /**
     * The classes in the order of {@code wanted}; instances that are not asked for are left out.
     *
     * @throws IllegalArgumentException naming the first id that is missing
     */
    public Tensor of(List<String> wanted) {
        Map<String, Integer> rows = rows(ids);
        long[] order = new long[wanted.size()];
        for (int i = 0; i < order.length; i++) {
            Integer row = rows.get(wanted.get(i));
            if (row == null) {
                throw new IllegalArgumentException("the stored predictions have no instance \"" + wanted.get(i) + "\" ("
                        + ids.size() + " stored)");
            }
            order[i] = row;
        }
        return classes.index_select(0, longs(order));
    }

    /** Reads what {@link #write} wrote; the tensor belongs to the open scope. */
    public static Predictions read(Path file) {
        var ids = new ArrayList<String>();
        var classes = new ArrayList<Long>();
        JsonLines.read(file, line -> {
            ids.add(line.get("id"));
            if (!line.values().path("class").isIntegralNumber()) {
                throw new DataException(file + ":" + line.number()
                        + ": \"class\" is missing or no whole number; expected a class from 0");
            }
            classes.add(line.values().path("class").asLong());
        });
        return new Predictions(ids, longs(classes.stream().mapToLong(c -> c).toArray()));
    }

    /** Writes a line of JSON an instance, {@code id} and {@code class}; whole or not at all. */
    public void write(Path file) {
        long[] values = Tensors.toLongs(classes);
        var lines = new ArrayList<String>();
        for (int i = 0; i < values.length; i++) {
            lines.add(Configs.JSON
                    .createObjectNode()
                    .put("id", ids.get(i))
                    .put("class", values[i])
                    .toString());
        }
        try (Staged staged = Staged.file(file)) {
            Files.write(staged.path(), lines);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
