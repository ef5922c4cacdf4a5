package org.counterweight.federate.run;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.Call;
import org.counterweight.federate.call.Clients;
import org.counterweight.federate.call.Gathered;
import org.counterweight.federate.call.Quorum;
import org.counterweight.federate.call.Sent;
import org.counterweight.federate.settings.FederateConfig;
import org.jspecify.annotations.Nullable;

/**
 * Who trains in a round, and from what.
 *
 * @param target the target's name
 * @param stopped whether the work is to end
 */
record RoundContext(
        FederateConfig config,
        FederationState state,
        Clients.Session clients,
        GlobalModel model,
        String target,
        Seed seed,
        BooleanSupplier stopped) {
    /** The sources of a round, in their order. */
    List<String> drawn(List<String> all) {
        if (config.partRate() == 1 || all.isEmpty()) {
            return all;
        }
        int count = Math.max(1, (int) Math.round(config.partRate() * all.size()));
        int[] order = seed.child("part").child(state.rounds.size()).permutation(all.size());
        return Arrays.stream(order).limit(count).sorted().mapToObj(all::get).toList();
    }

    /**
     * Everybody trains from the global model at once.
     *
     * @return null if it was stopped
     */
    @Nullable
    Gathered together(int number, List<String> asked, boolean mixes) {
        boolean needsTarget = asked.contains(target) && (mixes || asked.size() == 1);
        double factor = mixes ? config.lrFactor() : 1;
        var quorum = new Quorum(
                config.roundSeconds(),
                Math.min(config.minClients(), asked.size()),
                needsTarget ? target : null,
                config.waitSeconds());
        Seed round = seed.child("round").child(state.rounds.size());
        var call = new Call(number, round, factor, mixes, state.global, model.ofEach(asked));
        Gathered gathered = clients.gather(call, asked, quorum, stopped);
        if (gathered != null) {
            model.keepOwn(gathered);
        }
        return gathered;
    }

    /**
     * The sources first; then the target, from the mean of their models, which is the global one then.
     *
     * @return null if it was stopped
     */
    @Nullable
    Gathered inTurn(int number, List<String> sources) {
        try (var scope = Scope.open()) {
            var before = new LinkedHashMap<String, Tensor>();
            state.global.forEach((name, tensor) -> before.put(name, tensor.clone()));
            Gathered first = together(number, sources, true);
            Gathered second = null;
            try {
                if (first != null) {
                    Map<String, Sent> finite = GlobalModel.finite(first, new LinkedHashMap<>());
                    if (!finite.isEmpty()) {
                        model.move(finite);
                    }
                    second = together(number, List.of(target), true);
                }
            } finally {
                if (second == null) {
                    FederationState.replace(state.global, before); // the last model that the target has seen
                    if (first != null) {
                        first.close();
                    }
                }
            }
            return first == null || second == null ? null : first.and(second);
        }
    }
}
