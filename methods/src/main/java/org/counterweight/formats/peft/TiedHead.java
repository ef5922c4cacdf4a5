package org.counterweight.formats.peft;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Model;
import org.counterweight.model.module.ModuleSpec;
import org.jspecify.annotations.Nullable;

/**
 * The head of a base whose weight is a table of words, and what becomes of the two where an adapter changes one alone: each
 * has its own from then on.
 *
 * @param spec the head; null if the model has none that is tied
 */
record TiedHead(@Nullable ModuleSpec spec) {
    static TiedHead of(Model model) {
        return new TiedHead(model.modules().all().stream()
                .filter(spec -> spec.tiedTo() != null)
                .findFirst()
                .orElse(null));
    }

    /** Its name, or none. */
    List<String> names() {
        return spec == null ? List.of() : List.of(spec.name());
    }

    boolean is(String module) {
        return spec != null && spec.name().equals(module);
    }

    boolean isTiedTo(String table) {
        return spec != null && table.equals(spec.tiedTo());
    }

    /** The table as a weight of the head's own, if it has none yet. */
    void giveOwn(StoredTensors stored) {
        if (spec != null && !stored.replacements().containsKey(spec.weight())) {
            stored.replacements()
                    .put(spec.weight(), stored.weight(spec.tiedTo() + ".weight").clone());
        }
    }

    /**
     * A head that is tied in the base has no weight of its own there; an adapter that saved it brings one. One that changed
     * the table alone leaves the head as it was: so PEFT computes with the adapter beside the weights.
     *
     * @param isSaved whether the table was saved whole
     * @param isAdapted whether an adapter stands at it
     * @return what a user should know; null for nothing
     */
    @Nullable
    String take(StoredTensors stored, boolean isSaved, boolean isAdapted) {
        if (spec == null || stored.replacements().containsKey(spec.weight())) {
            return null;
        }
        String table = table();
        Tensor old = stored.ofBase(table);
        Tensor head = stored.take(spec.weight());
        if (head != null) {
            stored.replacements()
                    .put(spec.weight(), PeftAdapter.fitting(spec.weight(), head, Map.of(spec.weight(), old)));
            return null;
        }
        if (!isSaved && !isAdapted) {
            return null;
        }
        stored.replacements().put(spec.weight(), isSaved ? old : stored.weight(table));
        return "the adapter " + (isSaved ? "saves " : "stands at ") + table
                + ", but not the head that is tied to it (tie_word_embeddings):"
                + " the head keeps the base's table, as in PEFT; ensure_weight_tying trains both as one";
    }

    /** The name of the table's weight; empty if no head is tied. */
    String table() {
        return spec == null ? "" : spec.tiedTo() + ".weight";
    }
}
