package org.counterweight.federate.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.ClientThreads;
import org.counterweight.federate.call.Clients;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.model.Model;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rounds of clients that share no data, by one of the ways of {@link FederatedAlgorithm}. Updates are summed in the order of the clients,
 * whoever came first, and wherever they are.
 *
 * @param start weights to begin with, by the model's names
 * @param sources the names of the others
 * @param clients how all of them are reached
 */
public record Federation(
        FederateConfig config,
        Model model,
        Map<String, Tensor> start,
        Target target,
        List<String> sources,
        Seed seed,
        Clients clients) {
    /** Settings that came later and what they are where nobody says them, which older files do not say either. */
    private static final Map<String, String> FORMER =
            Map.of("part_rate", "1.0", "mean_first", "false", "validation_share", "0.2");

    /**
     * All in this process.
     *
     * @param sources the others
     * @param parallel how many clients compute at a time
     */
    public Federation(
            FederateConfig config,
            Model model,
            Map<String, Tensor> start,
            Target target,
            List<Participant> sources,
            Seed seed,
            int parallel) {
        this(
                config,
                model,
                start,
                target,
                sources.stream().map(Participant::name).toList(),
                seed,
                new ClientThreads(sources, parallel));
    }

    /** What is told while it goes on, and whether it is to go on. */
    public interface Following {
        boolean isStopped();

        void round(FederatedAlgorithm way, RoundLog log);
    }

    /** How many rounds a way has, those over the sources alone before the first included. */
    public int rounds(FederatedAlgorithm way) {
        return config.rounds() + (way.mixes() && !sources.isEmpty() ? config.warmupRounds() : 0);
    }

    /**
     * Goes through all rounds, or continues them.
     *
     * @param file where the state is kept after each, and found; null for nowhere
     * @return the result, of the open scope; null if it was stopped before its end
     */
    public @Nullable Federated run(FederatedAlgorithm way, @Nullable Path file, Following following) {
        ObjectNode settings = settings(way);
        int threads = Engine.threads();
        try (var state = file != null && Files.exists(file)
                        ? FederationState.read(file, settings, start)
                        : FederationState.of(start, config.alpha());
                var course = new ServerSide(this, way, state, following::isStopped)) {
            String ended = null;
            while (state.rounds.size() < rounds(way) && ended == null && !course.isDone()) {
                try {
                    if (following.isStopped() || !course.round()) {
                        return null;
                    }
                } catch (FederationException e) {
                    ended = e.getMessage();
                    continue;
                }
                if (file != null) {
                    state.write(file, settings);
                }
                following.round(way, state.rounds.get(state.rounds.size() - 1));
            }
            return course.end(ended);
        } finally {
            Engine.setThreads(threads);
        }
    }

    private ObjectNode settings(FederatedAlgorithm way) {
        ObjectNode settings = Configs.tree(config);
        for (String later : List.of("rounds", "baselines", "round_seconds", "wait_seconds", "min_clients")) {
            settings.remove(later); // may be others when a federation goes on
        }
        if (config.earlyStop() == null) {
            settings.remove("early_stop");
        }
        FORMER.forEach((key, value) -> {
            if (value.equals(settings.path(key).asString(""))) {
                settings.remove(key);
            }
        });
        settings.put("way", way.key()).put("seed", seed.value());
        settings.set("clients", Configs.JSON.valueToTree(sources));
        return (ObjectNode) Configs.JSON.readTree(settings.toString()); // as it is when it is read back
    }
}
