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
import org.counterweight.federate.aggregate.FedAvg;
import org.counterweight.federate.client.ClientWeights;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.LocalPlan;
import org.counterweight.federate.client.LocalTraining;
import org.counterweight.federate.client.Recording;
import org.counterweight.federate.client.Updates;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.Way;
import org.counterweight.federate.weigh.Distances;
import org.counterweight.federate.weigh.Estimate;
import org.jspecify.annotations.Nullable;

/** One way through the rounds: the server's side. */
final class Course {
    private static final int PATIENCE = 3;
    private static final String NO_NUMBER = "its update holds NaN or infinity";

    private final Federation federation;
    private final FederateConfig config;
    private final Way way;
    private final FederationState state;
    private final Clients clients;
    private final BooleanSupplier stopped;
    private final Judge judge;
    private final OwnModel own;
    private final Participant learner;
    private final ClientSide side;
    private final Seed seed;

    Course(Federation federation, Way way, FederationState state, Clients clients, BooleanSupplier stopped) {
        Participant target = federation.target();
        this.federation = federation;
        this.config = federation.config();
        this.way = way;
        this.state = state;
        this.clients = clients;
        this.stopped = stopped;
        this.judge = new Judge(federation.model(), federation.judged());
        this.own = new OwnModel(config, way, federation.model());
        this.learner =
                way == Way.ORACLE ? new Participant(target.name(), federation.whole(), target.rehearsal()) : target;
        this.side = new ClientSide(config, way, federation.model(), learner, state);
        this.seed = federation.seed();
    }

    /** Rounds before the first over the sources alone have numbers of 0 and below. */
    private int number() {
        return state.rounds.size() + 1 - (federation.rounds(way) - config.rounds());
    }

    /** @return false if it was stopped */
    boolean round() {
        int number = number();
        boolean isWarmUp = number < 1;
        var asked = new ArrayList<Participant>();
        if (way.hasSources()) {
            asked.addAll(federation.sources());
        }
        boolean hasTarget = (way.hasTarget() && !isWarmUp) || asked.isEmpty();
        if (hasTarget) {
            asked.add(learner);
        }
        boolean mixes = way.mixes() && !isWarmUp;
        double factor = way.mixes() && !isWarmUp ? config.lrFactor() : 1;
        int least = Math.min(config.minClients(), asked.size());
        String needed = hasTarget && (mixes || asked.size() == 1) ? learner.name() : null;
        var quorum = new Clients.Quorum(config.roundSeconds(), least, needed, config.waitSeconds());
        Seed own = seed.child("round").child(state.rounds.size());
        try (Clients.Gathered gathered = clients.gather(
                number, asked, (client, pace) -> side.trained(client, own, factor, mixes, pace), quorum, stopped)) {
            if (gathered == null) {
                return false;
            }
            long down = Sent.bytes(state.global) * asked.size();
            RoundLog log = mixes ? mix(number, gathered, down) : average(number, gathered, down);
            state.rounds.add(log);
        }
        return true;
    }

    /** Updates are weighed for the target. */
    private RoundLog mix(int number, Clients.Gathered gathered, long down) {
        try (var scope = Scope.open()) {
            Sent own = Objects.requireNonNull(gathered.arrived().get(learner.name()));
            List<ClientReport> others = gathered.arrived().values().stream()
                    .filter(sent -> sent != own)
                    .map(Sent::report)
                    .toList();
            Round.Outcome next = config.round(way).next(state.global, own.report(), others);
            var missing = new LinkedHashMap<>(gathered.missing());
            next.dropped().forEach(name -> missing.put(name, NO_NUMBER));
            countEmpty(number, !others.isEmpty() && next.betas().isEmpty(), missing);
            keepOwn(gathered);
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
    private RoundLog average(int number, Clients.Gathered gathered, long down) {
        try (var scope = Scope.open()) {
            var missing = new LinkedHashMap<>(gathered.missing());
            var finite = new LinkedHashMap<String, Sent>();
            gathered.arrived().forEach((name, sent) -> {
                if (Updates.isFinite(sent.report().result().update())) {
                    finite.put(name, sent);
                } else {
                    missing.put(name, NO_NUMBER);
                }
            });
            countEmpty(number, finite.isEmpty(), missing);
            keepOwn(gathered);
            if (!finite.isEmpty()) {
                move(finite);
            }
            Sent ofTarget = gathered.arrived().get(learner.name());
            if (ofTarget != null && OwnModel.isIn(way)) {
                Seed order = seed.child("own").child(state.rounds.size());
                own.train(state, side.batches(learner, config.targetBatchSize(), order));
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

    private void move(Map<String, Sent> finite) {
        List<Map<String, Tensor>> updates = finite.values().stream()
                .map(sent -> sent.report().result().update())
                .toList();
        double[] shares = config.bySize()
                ? ClientWeights.bySize(finite.values().stream()
                        .mapToDouble(sent -> sent.report().result().rows())
                        .toArray())
                : ClientWeights.uniform(finite.size());
        Map<String, Tensor> mean = new FedAvg().average(updates, shares);
        Sent ofTarget = finite.get(learner.name());
        var next = new LinkedHashMap<String, Tensor>();
        state.global.forEach((name, tensor) -> {
            boolean isOfTarget = side.isOwn(name)
                    || (config.batchNorm().isOfTarget()
                            && federation.model().modules().buffers().contains(name));
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
    private void keepOwn(Clients.Gathered gathered) {
        gathered.arrived().forEach((client, sent) -> {
            var moved = new LinkedHashMap<String, Tensor>();
            sent.report().result().update().forEach((name, update) -> {
                boolean isKept = side.isOwn(name) && !client.equals(learner.name());
                if (isKept && update.isfinite().all().item_bool()) {
                    String key = client + "/" + name;
                    Tensor before = state.own.getOrDefault(key, Objects.requireNonNull(state.global.get(name)));
                    moved.put(key, before.add(update));
                }
            });
            FederationState.replace(state.own, moved);
        });
    }

    private void countEmpty(int number, boolean isEmpty, Map<String, String> missing) {
        state.empty = isEmpty ? state.empty + 1 : 0;
        if (state.empty >= PATIENCE) {
            throw new FederationException("round " + number + ": for " + PATIENCE
                    + " rounds no client's update could be used (" + String.join(", ", missing.keySet())
                    + "); lower federate.source_lr and federate.target_lr");
        }
    }

    private static long up(Clients.Gathered gathered) {
        return gathered.arrived().values().stream().mapToLong(Sent::bytes).sum();
    }

    /** What came of it, of the open scope. */
    @Nullable
    Federated end(@Nullable String ended) {
        if (way == Way.FINETUNE && ended == null) {
            finetune();
            if (stopped.getAsBoolean()) {
                return null;
            }
        }
        Map<String, Tensor> weights = new LinkedHashMap<>();
        try (var scope = Scope.open()) {
            own.answering(state).forEach((name, tensor) -> weights.put(name, scope.keep(tensor.clone())));
        }
        Double share = own.share(state);
        double last = judge.accuracy(weights);
        double mean = last;
        if (way == Way.KNN_PER) {
            var neighbours = new Neighbours(
                    config, federation.model(), federation.target().rows());
            share = neighbours.share(weights, seed.child("neighbours"));
            mean = neighbours.accuracy(judge, weights, share);
        } else if (way != Way.FINETUNE && !state.rounds.isEmpty()) {
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
                                    side.batches(federation.target(), plan.batchSize(), order),
                                    order)
                            .weights());
        }
    }
}
