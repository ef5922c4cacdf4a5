package org.counterweight.federate.call;

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
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;

/**
 * What a client does in a round of a way: its plan, its batches, its training.
 *
 * @param target the name of the client whose model is wanted
 */
public record ClientTraining(FederateConfig config, FederatedAlgorithm way, Model model, String target) {
    private LocalPlan plan(Participant client, double factor) {
        LocalPlan plan = isTarget(client) ? config.ofTarget() : config.ofSource();
        return plan.at(plan.rate() * factor);
    }

    private boolean isTarget(Participant client) {
        return client.name().equals(target);
    }

    /** One round of a client, in its own thread, from what the call gives it. */
    public Sent trained(Participant client, Call call, LocalTraining.Pace pace) {
        try (var scope = Scope.open()) {
            LocalPlan plan = plan(client, call.factor());
            Recording recording = call.mixes() && isTarget(client) ? config.recording(way) : Recording.NONE;
            var training = LocalTraining.adam(plan.rate(), plan.epochs(), recording);
            Seed seed = call.seed().child(client.name());
            List<Batch> batches = batches(client, plan.batchSize(), seed);
            var manner = new LocalTraining.Manner(config.batchNorm() == BatchNormRule.FROZEN, name -> true, pace);
            Map<String, Tensor> begun = call.start(client.name());
            LocalResult result = way == FederatedAlgorithm.FEDREP
                    ? headFirst(training, begun, batches, seed, manner)
                    : training.train(model, begun, batches, seed, manner);
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
                Updates.difference(body.weights(), begun, target),
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
    public boolean isOwn(String name) {
        return (config.batchNorm() == BatchNormRule.LOCAL
                        && model.modules().buffers().contains(name))
                || (way == FederatedAlgorithm.FEDREP && isHead(name));
    }

    /** All rows of a client, in an order of that seed. */
    public static List<Batch> batches(Participant client, int size, Seed order) {
        return new Batching(size, 1)
                .shuffled(client.rows(), order.child("order")).stream()
                        .map(client.rows()::batch)
                        .toList();
    }
}
