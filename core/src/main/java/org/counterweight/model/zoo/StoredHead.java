package org.counterweight.model.zoo;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.counterweight.engine.Scope;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The head that a model's files hold beside its table of words, though the config ties the two: after a fine-tuning that
 * parted them. As in transformers since 5.0 it is taken where it differs from the table.
 */
public final class StoredHead {
    private static final String TIED = "tie_word_embeddings";
    private static final String SCALED = "scale_decoder_outputs";

    private StoredHead() {}

    /** The config as the files have it: not tied if they hold a head that is not the table. */
    public static ObjectNode config(ObjectNode stated, WeightsSource files) {
        ModuleSpec head = tied(stated);
        if (head == null) {
            return stated;
        }
        ObjectNode own = parted(stated);
        Map<String, TensorInfo> found =
                Architectures.fit(Architectures.of(own), files.tensors()).byName();
        TensorInfo ofHead = found.get(head.weight());
        TensorInfo ofTable = found.get(head.tiedTo() + ".weight");
        return ofHead == null || ofTable == null || areOne(ofHead, ofTable, files) ? stated : own;
    }

    /** What is to be said where the two are parted. */
    public static String remark(Path directory) {
        return directory + ": config.json ties the head to the table of words (" + TIED
                + "), and the files hold another head, which is taken; set it to false there, since transformers"
                + " before 5.0 passes over the head";
    }

    private static @Nullable ModuleSpec tied(ObjectNode config) {
        return Architectures.of(config).modules().all().stream()
                .filter(spec -> spec.tiedTo() != null)
                .findFirst()
                .orElse(null);
    }

    private static boolean areOne(TensorInfo head, TensorInfo table, WeightsSource files) {
        if (head.name().equals(table.name())) {
            return true;
        }
        if (head.dtype() != table.dtype() || !Arrays.equals(head.shape(), table.shape())) {
            return false;
        }
        try (var scope = Scope.open()) {
            return files.tensor(head.name()).equal(files.tensor(table.name()));
        }
    }

    /** The config of the same model with a head of its own. T5's says, too, that states are scaled as before. */
    public static ObjectNode parted(ObjectNode config) {
        ObjectNode own = config.deepCopy();
        if (new ConfigJson(config).text("model_type", "").equals("t5")) {
            own.put(SCALED, true); // a head that was tied has scaled states
        }
        return own.put(TIED, false);
    }
}
