package org.counterweight.jobs.predict.answer;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.edit.GraceTap;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import tools.jackson.databind.node.ObjectNode;

/** Notes which edit answered which text. */
public final class WhichEdit implements GraceTap.Served {
    private static final long NONE = -1;

    private final long[] entries;

    /** @param texts how many are asked about; batches say their numbers, and one that does not is the first's */
    public WhichEdit(int texts) {
        entries = new long[texts];
        Arrays.fill(entries, NONE);
    }

    /** What several noted, one text after the other. */
    public static WhichEdit joined(List<WhichEdit> all) {
        var whole =
                new WhichEdit(all.stream().mapToInt(one -> one.entries.length).sum());
        int at = 0;
        for (WhichEdit one : all) {
            System.arraycopy(one.entries, 0, whole.entries, at, one.entries.length);
            at += one.entries.length;
        }
        return whole;
    }

    /** Begins anew. */
    public void forget() {
        Arrays.fill(entries, NONE);
    }

    @Override
    public void served(String point, Batch batch, long[] ids) {
        Tensor numbers = batch.find(Batch.ROW);
        long[] rows = numbers == null ? new long[ids.length] : Tensors.toLongs(numbers);
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] != NONE) {
                entries[Math.toIntExact(rows[i])] = ids[i];
            }
        }
    }

    /** Says it in the line of that text, if an edit answered. */
    public void tell(int text, ObjectNode line) {
        if (entries[text] != NONE) {
            line.put("edit", entries[text]);
        }
    }
}
