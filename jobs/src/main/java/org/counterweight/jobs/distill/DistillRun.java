package org.counterweight.jobs.distill;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.counterweight.data.LabelledDataset;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.expert.Experts;
import org.counterweight.distill.real.PixelScale;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.run.Distillation;
import org.counterweight.distill.run.Distilled;
import org.counterweight.distill.run.DistilledFile;
import org.counterweight.distill.run.SyntheticScore;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.settings.DistillationMethod;
import org.counterweight.distill.trial.Trial;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.Interrupt;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.ResumableDirectory;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.program.DistillRecipe;
import org.counterweight.model.Model;
import org.counterweight.model.config.Problem;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.report.Text;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/** A distillation of rows that are read: experts, images by every way, fresh networks that judge them, files. Not thread-safe. */
final class DistillRun {
    private final DistillRecipe recipe;
    private final ResumableDirectory directory;
    private final ProgressLine progress;
    private final Prepared rows;
    private final Seed seed;
    private final DistillConfig config;
    private final FlatModel model;
    private final PixelScale scale;
    private final RealImages real;
    private final RealImages choose;
    private final RealImages judge;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Map<Boolean, Experts> experts = new LinkedHashMap<>();
    private final long begun = System.nanoTime();

    DistillRun(DistillRecipe recipe, Prepared rows, Seed seed, ResumableDirectory directory, ProgressLine progress) {
        this.recipe = recipe;
        this.config = recipe.distill();
        this.directory = directory;
        this.progress = progress;
        this.rows = rows;
        this.seed = seed;
        Model network = network(recipe.architecture());
        this.model = new FlatModel(network);
        var limits = new DistillLimits(config, contestants(), rows);
        progress.say("about " + Text.bytes(limits.checkMemory(network)) + " of memory at the highest");
        LabelledDataset train = (LabelledDataset) rows.split().train();
        limits.checkClasses(train.labelCounts());
        this.scale = config.normalize()
                ? scaleOf(train)
                : PixelScale.none(rows.shape().get(0));
        this.real = RealImages.of(train, scale);
        this.choose = RealImages.of((LabelledDataset) rows.split().dev(), scale);
        this.judge = RealImages.of((LabelledDataset) rows.split().test(), scale);
    }

    private PixelScale scaleOf(LabelledDataset train) {
        try (var scope = Scope.open()) {
            return PixelScale.of(RealImages.pixels(train));
        }
    }

    private Model network(FreshModel sizes) {
        return ModelDescription.ofImages(
                        Path.of("model.architecture"),
                        sizes.config(rows.shape()),
                        recipe.recipe().model(),
                        rows.labels(),
                        Problem.CLASSES)
                .model();
    }

    /** The way of the recipe, then the baselines. */
    private List<DistillConfig> contestants() {
        var all = new ArrayList<>(List.of(config));
        config.baselines().stream().filter(way -> way != config.method()).forEach(way -> all.add(config.as(way)));
        return all;
    }

    DistillJob.Outcome run(boolean resume) {
        try (var occupied = directory.begin(recipe.tree(), resume);
                var interrupt = new Interrupt(progress::say)) {
            interrupt.stops(() -> stopped.set(true));
            List<JudgedSet> judged = work();
            progress.end();
            return new DistillJob.Outcome(
                    recipe.recipe().directory(),
                    judged == null ? interrupt.signal() : 0,
                    judged == null ? List.of() : judged);
        }
    }

    /** @return null if it was stopped before its end */
    private @Nullable List<JudgedSet> work() {
        for (DistillConfig one : contestants()) {
            if (one.method().needsExperts() && !record(isSmooth(one.method()))) {
                return null;
            }
        }
        var judged = new ArrayList<JudgedSet>();
        Distilled own = null;
        for (DistillConfig one : contestants()) {
            try (var scope = Scope.open()) {
                Distilled found = distilled(one);
                if (found == null || !judge(one, found.set(), judged)) {
                    return null;
                }
                if (own == null) {
                    own = keep(scope, found);
                }
            }
        }
        write(Objects.requireNonNull(own), judged);
        contestants().forEach(one -> directory.drop(state(one.method())));
        return judged;
    }

    private static Distilled keep(Scope scope, Distilled found) {
        SyntheticSet set = found.set();
        return new Distilled(
                new SyntheticSet(scope.keep(set.images()), scope.keep(set.labels()), scope.keep(set.rate())),
                found.best(),
                found.looks(),
                found.losses(),
                scope.keep(found.snapshots()),
                found.discarded(),
                found.floored());
    }

    /** Whether a way goes by strong and smooth experts; images are chosen by those of the recipe's own way. */
    private boolean isSmooth(DistillationMethod way) {
        return way.followsExperts() ? way == DistillationMethod.AST : config.method() == DistillationMethod.AST;
    }

    private Experts experts(boolean smooth) {
        return experts.computeIfAbsent(
                smooth,
                kind -> new Experts(
                        recipe.recipe().directory().resolve(kind ? "experts" : "experts-plain"),
                        model,
                        config.experts().resolved(kind),
                        Math.min(config.experts().epochs(), config.maxStartEpoch() + config.expertEpochs() - 1)));
    }

    private boolean record(boolean smooth) {
        Experts kind = experts(smooth);
        int epochs = kind.config().count() * kind.config().epochs();
        progress.begin(smooth ? "smooth experts" : "plain experts", "epochs", epochs);
        boolean isWhole = kind.record(real, config.dsa(), seed.child("experts"), new Experts.Following() {
            @Override
            public boolean isStopped() {
                return stopped.get();
            }

            @Override
            public void epoch() {
                progress.advance(1);
            }
        });
        progress.end();
        return isWhole;
    }

    private static String state(DistillationMethod way) {
        return "state-" + way.key() + ".safetensors";
    }

    private @Nullable Distilled distilled(DistillConfig one) {
        boolean isMain = one.method() == config.method();
        boolean needs = one.method().needsExperts() || !experts.isEmpty();
        boolean smooth = one.method().needsExperts()
                ? isSmooth(one.method())
                : experts.keySet().stream().findFirst().orElse(false);
        progress.begin(one.method().key(), "steps", one.method().learns() ? one.iterations() : 0);
        try (Experts.Recorded recorded = needs ? experts(smooth).open() : null) {
            return new Distillation(
                            one,
                            model,
                            real,
                            choose,
                            rows.labels(),
                            recorded,
                            seed.child(one.method().key()))
                    .run(recipe.recipe().directory().resolve(state(one.method())), following(isMain));
        } finally {
            progress.end();
        }
    }

    private Distillation.Following following(boolean isMain) {
        return new Distillation.Following() {
            @Override
            public boolean isStopped() {
                return stopped.get();
            }

            @Override
            public void stepped(int iteration, double loss) {
                progress.advance(1);
            }

            @Override
            public void looked(SyntheticScore look) {
                if (isMain) {
                    progress.say(String.format(
                            Locale.ROOT,
                            "step %d, held out: accuracy %.4f, learned rate %.4g",
                            look.iteration(),
                            look.accuracy(),
                            look.rate()));
                }
            }

            @Override
            public void remark(String line) {
                progress.say(line);
            }
        };
    }

    /** @return whether all networks had their turn */
    private boolean judge(DistillConfig one, SyntheticSet set, List<JudgedSet> judged) {
        var networks = new ArrayList<>(List.of(recipe.architecture()));
        if (one.method() == config.method()) {
            networks.addAll(config.trial().architectures());
        }
        for (FreshModel sizes : networks) {
            FlatModel fresh = new FlatModel(network(sizes));
            List<Double> found = new Trial(config.trial(), config.dsa())
                    .accuracies(fresh, set, judge, seed.child("judge"), stopped::get);
            if (found.size() < config.trial().networks()) {
                return false;
            }
            judged.add(new JudgedSet(one.method(), sizes.type(), set.rate().item_double(), found));
        }
        return true;
    }

    /** How right those are that learnt from all images; NaN where there are none. */
    private double accuracyOfExperts() {
        if (experts.isEmpty()) {
            return Double.NaN;
        }
        Experts kind = experts.values().iterator().next();
        double sum = 0;
        try (Experts.Recorded recorded = kind.open()) {
            for (int k = 0; k < recorded.count(); k++) {
                try (var scope = Scope.open()) {
                    sum += judge.accuracy(model, recorded.end(k)) / recorded.count();
                }
            }
        }
        return sum;
    }

    private void write(Distilled own, List<JudgedSet> judged) {
        double ofAll = accuracyOfExperts();
        List<Ledger.Input> inputs = rows.files().stream()
                .map(file -> new Ledger.Input(file.toString(), Ledger.digest(file)))
                .toList();
        Ledger ledger = Ledger.of("dataset_distillation", recipe.tree(), inputs, seed.value(), Engine.threads());
        var file = new DistilledFile(own.set(), rows.labels(), scale, config.dsaStrategy());
        Path set = recipe.recipe().directory().resolve(DistillJob.SET);
        new DistilledSet(recipe, file, ledger).write(set);
        InEffect.of(recipe.tree(), recipe.recipe().name(), Engine.device("cpu"), ledger, rows.facts(List.of()))
                .write(recipe.recipe().directory());
        directory.write(
                DistillJob.FIGURES,
                DistillFigures.of(config, own, judged, ofAll).toPrettyString() + "\n");
        double seconds = (System.nanoTime() - begun) / 1e9;
        var page = new DistillPage(recipe, own, judged, ofAll, scale, rows.labels(), real.size(), ledger, seconds);
        directory.write(DistillJob.REPORT, page.page().html());
    }
}
