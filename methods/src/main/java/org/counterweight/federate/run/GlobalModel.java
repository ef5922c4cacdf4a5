package org.counterweight.federate.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.federate.aggregate.FedAvg;
import org.counterweight.federate.call.ClientTraining;
import org.counterweight.federate.call.Gathered;
import org.counterweight.federate.call.Sent;
import org.counterweight.federate.client.ClientWeights;
import org.counterweight.federate.client.Updates;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.model.Model;

/**
 * What becomes of the global model by the mean of what clients sent, and of what is each client's own.
 *
 * @param target the target's name
 */
record GlobalModel(FederateConfig config, Model model, FederationState state, ClientTraining training, String target) {
    /** Why a client that sent something else is missing. */
    static final String NO_NUMBER = "its update holds NaN or infinity";

    /** Those who sent numbers. */
    static Map<String, Sent> finite(Gathered gathered, Map<String, String> missing) {
        var finite = new LinkedHashMap<String, Sent>();
        gathered.arrived().forEach((name, sent) -> {
            if (Updates.isFinite(sent.report().result().update())) {
                finite.put(name, sent);
            } else {
                missing.put(name, NO_NUMBER);
            }
        });
        return finite;
    }

    /** Moves it by the mean. */
    void move(Map<String, Sent> finite) {
        List<Map<String, Tensor>> updates = finite.values().stream()
                .map(sent -> sent.report().result().update())
                .toList();
        double[] shares = config.bySize()
                ? ClientWeights.bySize(finite.values().stream()
                        .mapToDouble(sent -> sent.report().result().rows())
                        .toArray())
                : ClientWeights.uniform(finite.size());
        Map<String, Tensor> mean = new FedAvg().average(updates, shares);
        Sent ofTarget = finite.get(target);
        var next = new LinkedHashMap<String, Tensor>();
        state.global.forEach((name, tensor) -> {
            boolean isOfTarget = training.isOwn(name)
                    || (config.batchNorm().isOfTarget()
                            && model.modules().buffers().contains(name));
            Tensor by = ofTarget != null && isOfTarget
                    ? ofTarget.report().result().update().get(name)
                    : mean.get(name);
            if (Updates.isAggregated(tensor)) {
                next.put(name, tensor.add(Objects.requireNonNull(by)).to(tensor.scalar_type()));
            }
        });
        FederationState.replace(state.global, next);
    }

    /** What is a source's own stays with it. */
    void keepOwn(Gathered gathered) {
        gathered.arrived().forEach((client, sent) -> {
            var moved = new LinkedHashMap<String, Tensor>();
            sent.report().result().update().forEach((name, update) -> {
                boolean isKept = training.isOwn(name) && !client.equals(target);
                if (isKept && update.isfinite().all().item_bool()) {
                    String key = client + "/" + name;
                    Tensor before = state.own.getOrDefault(key, Objects.requireNonNull(state.global.get(name)));
                    moved.put(key, before.add(update));
                }
            });
            FederationState.replace(state.own, moved);
        });
    }

    /** What of the model each of some clients has for itself, by client and name. */
    Map<String, Map<String, Tensor>> ofEach(List<String> clients) {
        var all = new LinkedHashMap<String, Map<String, Tensor>>();
        for (String client : clients) {
            var found = new LinkedHashMap<String, Tensor>();
            for (String name : state.global.keySet()) {
                Tensor own = client.equals(target) ? null : state.own.get(client + "/" + name);
                if (own != null) {
                    found.put(name, own);
                }
            }
            all.put(client, found);
        }
        return all;
    }
}
