package org.counterweight.federate.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.TrainingException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Where a federation stands after a round. Owns its tensors; draws come from the number of the round. */
final class FederationState implements AutoCloseable {
    private static final String SETTINGS = "settings";
    private static final String ROUNDS = "rounds";
    private static final String GLOBAL = "global";
    private static final String PERSONAL = "personal";
    private static final String OWN = "own";
    private static final String BEST = "best";

    /** h. */
    final Map<String, Tensor> global = new LinkedHashMap<>();
    /** The target's own model, where the way has one. */
    final Map<String, Tensor> personal = new LinkedHashMap<>();
    /** What sources have for themselves, running statistics or heads, by client and name. */
    final Map<String, Tensor> own = new LinkedHashMap<>();

    final List<RoundLog> rounds = new ArrayList<>();
    /** The weights that answered best on rows kept back; empty where none are, or before the first round. */
    final Map<String, Tensor> best = new LinkedHashMap<>();

    double alpha;
    /** Their loss. */
    double bestLoss = Double.POSITIVE_INFINITY;
    /** Rounds since. */
    int sinceBest;
    /** Rounds in a row in which every update was dropped. */
    int empty;

    static FederationState of(Map<String, Tensor> start, double alpha) {
        var state = new FederationState();
        state.alpha = alpha;
        replace(state.global, start);
        return state;
    }

    /** Puts copies in place of what is there under these names. */
    static void replace(Map<String, Tensor> into, Map<String, Tensor> tensors) {
        try (var scope = Scope.open()) {
            tensors.forEach((name, tensor) -> {
                Tensor old = into.put(name, Scope.own(tensor.detach().clone()));
                if (old != null) {
                    old.close();
                }
            });
        }
    }

    void write(Path file, ObjectNode settings) {
        ObjectNode said = Configs.JSON.createObjectNode();
        said.set(SETTINGS, settings);
        said.set(ROUNDS, Configs.JSON.valueToTree(rounds));
        said.put("alpha", alpha).put("empty", empty);
        if (!best.isEmpty()) {
            said.put("best_loss", bestLoss).put("since_best", sinceBest);
        }
        var tensors = new LinkedHashMap<String, Tensor>();
        global.forEach((name, tensor) -> tensors.put(GLOBAL + "/" + name, tensor));
        personal.forEach((name, tensor) -> tensors.put(PERSONAL + "/" + name, tensor));
        own.forEach((name, tensor) -> tensors.put(OWN + "/" + name, tensor));
        best.forEach((name, tensor) -> tensors.put(BEST + "/" + name, tensor));
        new Checkpoint(said, rounds.size(), tensors).write(file);
    }

    /**
     * @param start the weights that it began with, in whose order the state's are summed
     * @throws TrainingException if it was written under other settings
     */
    static FederationState read(Path file, ObjectNode settings, Map<String, Tensor> start) {
        try (var scope = Scope.open()) {
            Checkpoint checkpoint = Checkpoint.read(file);
            ObjectNode said = checkpoint.config();
            if (!said.path(SETTINGS).toString().equals(settings.toString())) {
                throw new TrainingException(
                        file + ": was written under other settings; resume with the same, or start anew");
            }
            FederationState state = of(start, said.path("alpha").asDouble());
            replace(state.global, Checkpoint.of(checkpoint.tensors(), GLOBAL));
            Map<String, Tensor> personal = Checkpoint.of(checkpoint.tensors(), PERSONAL);
            if (!personal.isEmpty()) {
                replace(state.personal, start);
                replace(state.personal, personal);
            }
            replace(state.own, Checkpoint.of(checkpoint.tensors(), OWN));
            replace(state.best, Checkpoint.of(checkpoint.tensors(), BEST));
            state.bestLoss = said.path("best_loss").asDouble(Double.POSITIVE_INFINITY);
            state.sinceBest = said.path("since_best").asInt(0);
            state.empty = said.path("empty").asInt();
            for (JsonNode round : said.path(ROUNDS)) {
                state.rounds.add(Configs.JSON.treeToValue(round, RoundLog.class));
            }
            return state;
        }
    }

    @Override
    public void close() {
        global.values().forEach(Tensor::close);
        personal.values().forEach(Tensor::close);
        own.values().forEach(Tensor::close);
        best.values().forEach(Tensor::close);
    }
}
