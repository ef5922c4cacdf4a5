package org.counterweight.formats.peft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.adapt.ModuleNames;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.TrainedTokens;
import org.counterweight.weights.WeightsException;

/**
 * Rows of tables that were trained beside an adapter, or alone ({@code TRAINABLE_TOKENS}), in place of the base's.
 *
 * @param suffix of the tensors that hold them
 * @param key what the config lists them under
 */
record TrainedRows(StoredTensors stored, TiedHead head, String suffix, String key) {
    private static final String BESIDE = ".token_adapter";
    private static final String ROWS = ".trainable_tokens_delta";

    /** Rows beside an adapter of another kind. */
    static TrainedRows beside(StoredTensors stored, TiedHead head) {
        return new TrainedRows(stored, head, BESIDE, "trainable_token_indices");
    }

    /** Rows that are all there is. */
    static TrainedRows alone(StoredTensors stored, TiedHead head) {
        return new TrainedRows(stored, head, "", "token_indices");
    }

    void take(List<TrainedTokens> trained) {
        for (TrainedTokens rows : trained) {
            List<String> stand = stored.with(suffix + ROWS).stream()
                    .filter(module -> ModuleNames.matches(rows.table(), module))
                    .toList();
            stand.forEach(module -> take(module, rows.indices()));
            if (stand.isEmpty() && head.names().stream().noneMatch(name -> ModuleNames.matches(rows.table(), name))) {
                throw new WeightsException(
                        stored.file(),
                        "has no trainable_tokens_delta of a module \"" + rows.table() + "\", which " + key + " names");
            }
        }
    }

    /** The same rows of every table that has some. */
    void takeAll(List<Long> indices) {
        List<String> tables = new ArrayList<>(stored.with(suffix + ROWS));
        if (tables.isEmpty()) {
            throw new WeightsException(stored.file(), "has no trainable_tokens_delta; the file is incomplete");
        }
        tables.sort(Comparator.comparing(head::is)); // the head last, whose rows may be its table's
        tables.forEach(table -> take(table, indices));
    }

    private void take(String module, List<Long> indices) {
        String name = module + ".weight";
        if (!stored.stored().containsKey(module + suffix + ROWS)) {
            return; // the copy of a table that went before
        }
        if (head.is(module)) {
            head.giveOwn(stored);
        }
        Tensor whole = stored.take(module + suffix + ".base_layer.weight");
        Tensor table = whole == null ? stored.weight(name) : PeftAdapter.fitting(name, whole, stored.base());
        Tensor rows = PeftAdapter.fitting(module + suffix + ROWS, stored.taken(module + suffix + ROWS), Map.of());
        check(module, indices, table, rows);
        Tensor places =
                Tensors.longs(indices.stream().mapToLong(Long::longValue).toArray(), indices.size());
        stored.replacements().put(name, torch.index_copy(table, 0, places, Tensors.as(rows, table)));
        dropCopy(module, rows);
    }

    private void check(String module, List<Long> indices, Tensor table, Tensor rows) {
        if (rows.dim() != 2 || rows.size(0) != indices.size() || rows.size(1) != table.size(1)) {
            throw new WeightsException(module + suffix + ROWS + ": " + Arrays.toString(Tensors.shape(rows)) + ", but "
                    + indices.size() + " rows of " + table.size(1) + " are listed in " + key);
        }
        for (long index : indices) {
            if (index < 0 || index >= table.size(0)) {
                throw new ConfigException(key + ": " + index + " is no row of " + module + ".weight, which has "
                        + table.size(0) + "; give the model that the adapter was trained on, its embeddings resized");
            }
        }
    }

    /** A head that is tied to a table whose rows were trained has them too; PEFT stores some of them twice. */
    private void dropCopy(String table, Tensor rows) {
        if (!head.isTiedTo(table)) {
            return;
        }
        for (String name : head.names()) {
            Tensor copy = stored.stored().get(name + suffix + ROWS);
            if (copy != null && copy.equal(rows)) {
                stored.take(name + suffix + ROWS);
                stored.take(name + suffix + ".base_layer.weight");
            }
        }
    }
}
