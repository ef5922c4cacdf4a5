package org.counterweight.federate.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.federate.ClientReport;
import org.counterweight.federate.Round;
import org.counterweight.federate.call.ClientTraining;
import org.counterweight.federate.call.Clients;
import org.counterweight.federate.call.Gathered;
import org.counterweight.federate.call.Learner;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.call.Sent;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.LocalPlan;
import org.counterweight.federate.client.LocalTraining;
import org.counterweight.federate.client.Recording;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.federate.weigh.Distances;
import org.counterweight.federate.weigh.Estimate;
import org.jspecify.annotations.Nullable;

/** One way through the rounds: the server's side. */
final class ServerSide implements AutoCloseable {
    private static final int PATIENCE = 3;

    private final Federation federation;
    private final FederateConfig config;
    private final FederatedAlgorithm way;
    private final FederationState state;
    private final BooleanSupplier stopped;
    private final Judge judge;
    private final OwnModel own;
    private final EarlyStop early;
    private final Participant learner;
    private final Clients.Session clients;
    private final GlobalModel means;
    private final RoundContext context;
    private final Seed seed;

    ServerSide(Federation federation, FederatedAlgorithm way, FederationState state, BooleanSupplier stopped) {
        Target target = federation.target();
        this.federation = federation;
        this.config = federation.config();
        this.way = way;
        this.state = state;
        this.stopped = stopped;
        this.seed = federation.seed();
        this.judge = new Judge(federation.model(), target.judged());
        this.own = new OwnModel(config, way, federation.model());
        Learner parted =
                Learner.of(config, way == FederatedAlgorithm.ORACLE ? target.oracle() : target.participant(), seed);
        this.learner = parted.participant();
        this.early = EarlyStop.of(config, federation.model(), parted.kept());
        var training = new ClientTraining(config, way, federation.model(), target.name());
        this.means = new GlobalModel(config, federation.model(), state, training, target.name());
        this.clients = federation.clients().open(training, learner, seed);
        this.context = new RoundContext(config, state, clients, means, target.name(), seed, stopped);
    }

    /** Rounds before the first over the sources alone have numbers of 0 and below. */
    private int number() {
        return state.rounds.size() + 1 - (federation.rounds(way) - config.rounds());
    }

    /** @return false if it was stopped */
    boolean round() {
        int number = number();
        boolean isWarmUp = number < 1;
        List<String> sources = way.hasSources() ? context.drawn(federation.sources()) : List.of();
        boolean mixes = way.mixes() && !isWarmUp;
        boolean inTurn = mixes && way == FederatedAlgorithm.FEDGP && config.meanFirst() && !sources.isEmpty();
        var asked = new ArrayList<>(sources);
        if ((way.hasTarget() && !isWarmUp) || sources.isEmpty()) {
            asked.add(learner.name());
        }
        try (Gathered gathered = inTurn ? context.inTurn(number, sources) : context.together(number, asked, mixes)) {
            if (gathered == null) {
                return false;
            }
            long down = Sent.bytes(state.global) * asked.size();
            RoundLog log = mixes ? mix(number, gathered, down) : average(number, gathered, down);
            state.rounds.add(log);
        }
        if (!isWarmUp) {
            try (var scope = Scope.open()) {
                early.see(state, own.answering(state));
            }
        }
        return true;
    }

    /** Whether enough rounds went by without a better one. */
    boolean isDone() {
        return early.isDone(state);
    }

    /** Updates are weighed for the target. */
    private RoundLog mix(int number, Gathered gathered, long down) {
        try (var scope = Scope.open()) {
            Sent own = Objects.requireNonNull(gathered.arrived().get(learner.name()));
            List<ClientReport> others = gathered.arrived().values().stream()
                    .filter(sent -> sent != own)
                    .map(Sent::report)
                    .toList();
            Round.Outcome next = config.round(way).next(state.global, own.report(), others);
            var missing = new LinkedHashMap<>(gathered.missing());
            next.dropped().forEach(name -> missing.put(name, GlobalModel.NO_NUMBER));
            countEmpty(number, !others.isEmpty() && next.betas().isEmpty(), missing);
            FederationState.replace(state.global, next.global());
            var present = new ArrayList<>(gathered.arrived().keySet());
            present.removeAll(next.dropped());
            Estimate estimate = next.estimate();
            return new RoundLog(
                    number,
                    present,
                    missing,
                    next.betas(),
                    estimate == null ? null : estimate.variance(),
                    clamped(estimate, List.copyOf(next.betas().keySet())),
                    judge.accuracy(state.global),
                    down,
                    up(gathered));
        }
    }

    private static List<String> clamped(@Nullable Estimate estimate, List<String> names) {
        var clamped = new ArrayList<String>();
        List<Distances> found = estimate == null ? List.of() : estimate.sources();
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i).clamped()) {
                clamped.add(names.get(i));
            }
        }
        return clamped;
    }

    /** The mean of all that is finite. */
    private RoundLog average(int number, Gathered gathered, long down) {
        try (var scope = Scope.open()) {
            var missing = new LinkedHashMap<>(gathered.missing());
            Map<String, Sent> finite = GlobalModel.finite(gathered, missing);
            countEmpty(number, finite.isEmpty(), missing);
            if (!finite.isEmpty()) {
                means.move(finite);
            }
            Sent ofTarget = gathered.arrived().get(learner.name());
            if (ofTarget != null && OwnModel.isIn(way)) {
                Seed order = seed.child("own").child(state.rounds.size());
                own.train(state, ClientTraining.batches(learner, config.targetBatchSize(), order));
            }
            return new RoundLog(
                    number,
                    List.copyOf(finite.keySet()),
                    missing,
                    Map.of(),
                    null,
                    List.of(),
                    judge.accuracy(own.answering(state)),
                    down,
                    up(gathered));
        }
    }

    private void countEmpty(int number, boolean isEmpty, Map<String, String> missing) {
        state.empty = isEmpty ? state.empty + 1 : 0;
        if (state.empty >= PATIENCE) {
            throw new FederationException("round " + number + ": for " + PATIENCE
                    + " rounds no client's update could be used (" + String.join(", ", missing.keySet())
                    + "); lower federate.source_lr and federate.target_lr");
        }
    }

    private static long up(Gathered gathered) {
        return gathered.arrived().values().stream().mapToLong(Sent::bytes).sum();
    }

    /** The result, of the open scope. */
    @Nullable
    Federated end(@Nullable String ended) {
        if (way == FederatedAlgorithm.FINETUNE && ended == null) {
            finetune();
            if (stopped.getAsBoolean()) {
                return null;
            }
        }
        Map<String, Tensor> weights = new LinkedHashMap<>();
        try (var scope = Scope.open()) {
            boolean isBest = !state.best.isEmpty() && way != FederatedAlgorithm.FINETUNE;
            (isBest ? state.best : own.answering(state))
                    .forEach((name, tensor) -> weights.put(name, scope.keep(tensor.clone())));
        }
        Double share = own.share(state);
        double last = judge.accuracy(weights);
        double mean = last;
        if (way == FederatedAlgorithm.KNN_PER) {
            var neighbours = new Neighbours(
                    config,
                    federation.model(),
                    federation.target().participant().rows());
            share = neighbours.share(weights, seed.child("neighbours"));
            mean = neighbours.accuracy(judge, weights, share);
        } else if (way != FederatedAlgorithm.FINETUNE && state.best.isEmpty() && !state.rounds.isEmpty()) {
            mean = state.rounds.stream()
                    .skip(Math.max(0, state.rounds.size() - (long) config.lastRounds()))
                    .mapToDouble(RoundLog::accuracy)
                    .average()
                    .orElse(last);
        }
        return new Federated(way, weights, state.rounds, mean, last, share, ended);
    }

    /** The target alone goes on from the sources' model. */
    private void finetune() {
        try (var scope = Scope.open()) {
            LocalPlan plan = config.ofTarget();
            Seed order = seed.child("finetune");
            FederationState.replace(
                    state.global,
                    LocalTraining.adam(plan.rate(), config.finetuneEpochs(), Recording.NONE)
                            .train(
                                    federation.model(),
                                    state.global,
                                    ClientTraining.batches(federation.target().participant(), plan.batchSize(), order),
                                    order)
                            .weights());
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
