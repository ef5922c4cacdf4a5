package org.counterweight.federate.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.Batching;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.federate.aggregate.BatchNormRule;
import org.counterweight.federate.client.LocalPlan;
import org.counterweight.federate.client.LocalResult;
import org.counterweight.federate.client.LocalTraining;
import org.counterweight.federate.client.Recording;
import org.counterweight.federate.client.Updates;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.Way;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;

/**
 * What a client does in a round of a way: its plan, its batches, what it begins with.
 *
 * @param learner the target, or the target with all its rows
 * @param state read by the threads of the clients, and changed by nobody while they train
 */
record ClientSide(FederateConfig config, Way way, Model model, Participant learner, FederationState state) {
    private LocalPlan plan(Participant client, double factor) {
        LocalPlan plan = client == learner ? config.ofTarget() : config.ofSource();
        return plan.at(plan.rate() * factor);
    }

    /** In a thread of the client's own. */
    Sent trained(Participant client, Seed round, double factor, boolean mixes, LocalTraining.Pace pace) {
        try (var scope = Scope.open()) {
            LocalPlan plan = plan(client, factor);
            Recording recording = mixes && client == learner ? config.recording(way) : Recording.NONE;
            var training = LocalTraining.adam(plan.rate(), plan.epochs(), recording);
            Seed seedOfClient = round.child(client.name());
            List<Batch> batches = batches(client, plan.batchSize(), seedOfClient);
            var manner = new LocalTraining.Manner(config.batchNorm() == BatchNormRule.FROZEN, name -> true, pace);
            Map<String, Tensor> begun = startOf(client);
            LocalResult result = way == Way.FEDREP
                    ? headFirst(training, begun, batches, seedOfClient, manner)
                    : training.train(model, begun, batches, seedOfClient, manner);
            return Sent.of(client.name(), plan.rate(), result);
        }
    }

    /** FedRep: the head alone, and then the body alone; L. Collins et al., ICML 2021. */
    private LocalResult headFirst(
            LocalTraining training,
            Map<String, Tensor> begun,
            List<Batch> batches,
            Seed seedOfClient,
            LocalTraining.Manner manner) {
        LocalResult head = LocalTraining.adam(training.rate(), config.headEpochs(), Recording.NONE)
                .train(model, begun, batches, seedOfClient.child("head"), manner.training(this::isHead));
        LocalResult body =
                training.train(model, head.weights(), batches, seedOfClient, manner.training(name -> !isHead(name)));
        return new LocalResult(
                body.weights(),
                Updates.difference(body.weights(), begun, learner.name()),
                body.mean(),
                head.steps() + body.steps(),
                body.batches(),
                body.rows(),
                body.losses(),
                null,
                null);
    }

    private boolean isHead(String name) {
        return model.modules().heads().stream().anyMatch(head -> name.startsWith(head + "."));
    }

    /** Whether each client has that tensor for itself: statistics where the settings say so, FedRep's heads. */
    boolean isOwn(String name) {
        return (config.batchNorm() == BatchNormRule.LOCAL
                        && model.modules().buffers().contains(name))
                || (way == Way.FEDREP && isHead(name));
    }

    /** The global weights, with what is the client's own; the target's own is global. */
    private Map<String, Tensor> startOf(Participant client) {
        if (client == learner) {
            return state.global;
        }
        var begun = new LinkedHashMap<>(state.global);
        begun.replaceAll((name, tensor) -> state.own.getOrDefault(client.name() + "/" + name, tensor));
        return begun;
    }

    List<Batch> batches(Participant client, int size, Seed order) {
        return new Batching(size, 1)
                .shuffled(client.rows(), order.child("order")).stream()
                        .map(client.rows()::batch)
                        .toList();
    }
}
