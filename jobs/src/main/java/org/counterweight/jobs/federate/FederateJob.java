package org.counterweight.jobs.federate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.run.Federated;
import org.counterweight.federate.run.Federation;
import org.counterweight.federate.run.RoundLog;
import org.counterweight.federate.run.Target;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.Interrupt;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.ResumableDirectory;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.WrittenModel;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.program.FederateRecipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.model.Params;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.train.state.TrainingException;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Clients train together as a recipe says: what {@code cw federate} does, from the first check to the report. */
public record FederateJob(FederateRecipe recipe, Fetcher fetcher, ProgressLine progress, Sites sites) {
    /** The figures of a federation. */
    public static final String FIGURES = "federation.json";
    /** The page beside them. */
    public static final String REPORT = "report.html";
    /** The target's model. */
    public static final String MERGED = "merged";

    private static final Pattern OWN =
            Pattern.compile("effective\\.yaml|federation\\.json|report\\.html|merged|state-[a-z_]+\\.safetensors");

    /** All clients in this process. */
    public FederateJob(FederateRecipe recipe, Fetcher fetcher, ProgressLine progress) {
        this(recipe, fetcher, progress, new LocalSites());
    }

    /** The same with clients elsewhere. */
    public FederateJob at(Sites others) {
        return new FederateJob(recipe, fetcher, progress, others);
    }

    /**
     * The result.
     *
     * @param signal the number of the signal that asked it to end; 0 if none did
     * @param ways the recipe's own first; none if it was asked to end
     */
    public record Outcome(Path directory, int signal, List<Federated> ways) {}

    /** Refuses what can be refused without fetching or computing anything. */
    public void check() {
        if (recipe.shared().work().device().startsWith("cuda")) {
            throw new ConfigException(
                    "device", recipe.shared().work().device(), "cpu or auto where clients train together");
        }
        String model = recipe.shared().model().name();
        if (model != null) {
            Sources.checkModel(model);
        }
        recipe.clients()
                .forEach(client -> ClientReader.toldOf(client.section().name(), () -> {
                    RunTask.of(client.recipe()).checkData();
                    return client;
                }));
    }

    private ResumableDirectory directory() {
        return new ResumableDirectory(recipe.shared().directory(), OWN, "federation");
    }

    /** Refuses to write over another, or to go on with nothing. */
    public void checkDirectory(boolean resume, boolean overwrite) {
        directory().check(recipe.tree(), resume, overwrite);
    }

    /** Goes through all rounds of all ways, or continues them. */
    public Outcome run(boolean resume) {
        Recipe shared = recipe.shared();
        shared.work().prepareEngine();
        var seed = new Seed(shared.train().seed());
        try (var scope = Scope.open()) {
            var reader = ClientReader.of(recipe, fetcher, progress);
            Path origin = reader.model();
            ClientRows rows = ClientRows.read(reader, sites);
            try (BaseModel base = base(origin, rows, seed)) {
                checkAuto(rows);
                try (var occupied = directory().begin(recipe.tree(), resume);
                        var interrupt = new Interrupt(progress::say)) {
                    var stopped = new AtomicBoolean();
                    interrupt.stops(() -> stopped.set(true));
                    List<Federated> ways = ways(base, rows, seed, stopped);
                    progress.end();
                    if (ways == null) {
                        return new Outcome(shared.directory(), interrupt.signal(), List.of());
                    }
                    write(base, rows, origin, ways);
                    return new Outcome(shared.directory(), 0, ways);
                }
            }
        } catch (FederationException e) {
            throw new TrainingException(String.valueOf(e.getMessage()), e);
        }
    }

    private BaseModel base(@Nullable Path origin, ClientRows rows, Seed seed) {
        Recipe shared = recipe.shared();
        RunTask kind = RunTask.of(shared);
        FreshModel fresh = shared.model().architecture();
        return fresh != null || origin == null
                ? BaseModel.fresh(
                        Objects.requireNonNull(fresh).config(rows.target().shape()),
                        kind,
                        rows.labels(),
                        seed,
                        Engine.device("cpu"))
                : BaseModel.open(origin, shared.model(), kind, rows.labels(), seed, Engine.device("cpu"));
    }

    /** The recipe's own way, then the baselines. */
    private List<FederatedAlgorithm> contestants() {
        FederateConfig config = recipe.federate();
        var ways = new ArrayList<>(List.of(config.method()));
        config.baselines().stream().filter(way -> way != config.method()).forEach(ways::add);
        return ways;
    }

    /** Refuses to estimate weights from a single batch, before anything is trained. */
    private void checkAuto(ClientRows rows) {
        FederateConfig config = recipe.federate();
        int batches = (rows.ofTarget().rows().size() + config.targetBatchSize() - 1) / config.targetBatchSize();
        boolean isAuto = contestants().stream().anyMatch(config::isAuto)
                && !recipe.sources().isEmpty();
        if (isAuto && batches < 2) {
            throw new ConfigException("federate: auto-weighting needs at least 2 target batches, got " + batches
                    + "; lower target_batch_size or use fixed beta");
        }
    }

    private static String state(FederatedAlgorithm way) {
        return "state-" + way.key() + ".safetensors";
    }

    /** @return null if it was stopped before its end */
    private @Nullable List<Federated> ways(BaseModel base, ClientRows rows, Seed seed, AtomicBoolean stopped) {
        if (recipe.sources().isEmpty()) {
            progress.say("there are no sources: the target trains alone");
        }
        Map<String, Tensor> start = new LinkedHashMap<>(base.weights());
        var federation = new Federation(
                recipe.federate(),
                base.model(),
                start,
                new Target(
                        rows.ofTarget(),
                        rows.named(rows.whole()),
                        rows.named(rows.target().split().test())),
                rows.sources(),
                seed.child("federation"),
                rows.clients());
        var found = new ArrayList<Federated>();
        for (FederatedAlgorithm way : contestants()) {
            progress.begin(way.key(), "rounds", federation.rounds(way));
            Federated one = federation.run(way, recipe.shared().directory().resolve(state(way)), following(stopped));
            progress.end();
            if (one == null) {
                return null;
            }
            found.add(one);
            if (one.ended() != null) {
                progress.say(one.ended());
                return found;
            }
        }
        contestants().forEach(way -> directory().drop(state(way)));
        return found;
    }

    private Federation.Following following(AtomicBoolean stopped) {
        return new Federation.Following() {
            private Map<String, String> missing = Map.of();

            @Override
            public boolean isStopped() {
                return stopped.get();
            }

            @Override
            public void round(FederatedAlgorithm way, RoundLog log) {
                if (!log.missing().equals(missing)) {
                    progress.say(String.format(
                            Locale.ROOT,
                            "%s, round %d: continued with %d clients%s",
                            way.key(),
                            log.round(),
                            log.present().size(),
                            log.missing().isEmpty() ? ", all that there are" : "; without " + told(log.missing())));
                    missing = log.missing();
                }
                progress.advance(1);
            }
        };
    }

    private static String told(Map<String, String> missing) {
        return String.join(
                ", ",
                missing.entrySet().stream()
                        .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                        .toList());
    }

    private void write(BaseModel base, ClientRows rows, @Nullable Path origin, List<Federated> ways) {
        var inputs = new ArrayList<Ledger.Input>();
        if (origin != null) {
            inputs.add(new Ledger.Input(String.valueOf(recipe.shared().model().name()), Ledger.digest(origin)));
        }
        rows.digests().forEach((name, digest) -> inputs.add(new Ledger.Input(name, digest)));
        Ledger ledger = Ledger.of(
                "fedgp", recipe.tree(), inputs, recipe.shared().train().seed(), Engine.threads());
        Federated own = ways.get(0);
        new WrittenModel(
                        base.config(),
                        base.companions(),
                        rows.target().beside(),
                        Params.of(own.weights()),
                        ledger.metadata())
                .write(recipe.shared().directory().resolve(MERGED));
        InEffect.of(recipe.tree(), recipe.shared().name(), Engine.device("cpu"), ledger, rows.facts(base.companions()))
                .write(recipe.shared().directory());
        directory().write(FIGURES, figures(ways).toPrettyString() + "\n");
        directory()
                .write(
                        REPORT,
                        new FederatePage(recipe, ways, rows, ledger).page().html());
    }

    private static ObjectNode figures(List<Federated> ways) {
        ObjectNode figures = Configs.JSON.createObjectNode();
        var list = figures.putArray("ways");
        for (Federated one : ways) {
            ObjectNode row = list.addObject();
            row.put("way", one.way().key());
            row.put("accuracy", one.accuracy());
            row.put("last", one.last());
            row.put("share", one.share());
            row.put("ended", one.ended());
            row.set("rounds", Configs.JSON.valueToTree(one.rounds()));
        }
        return figures;
    }
}
