package org.counterweight.jobs.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Device;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.BatchSource;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.baseline.DecayBaseline;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.WorkSettings;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.train.Task;
import org.counterweight.train.augment.Augmentation;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.jspecify.annotations.Nullable;

/**
 * What a recipe trains, from its rows and its model on: the same in every process that takes part.
 *
 * @param rows as the model is to see them
 * @param seed the run's
 */
record RunSetup(Recipe recipe, RunTask kind, Prepared rows, BaseModel base, Seed seed, ProgressLine progress) {
    /** Where the work is done; by several processes on processors alone. */
    static Device device(WorkSettings work) {
        return Engine.device(work.processes() > 1 && work.device().equals("auto") ? "cpu" : work.device());
    }

    /**
     * The model before anything is added to it; the caller's, to be closed.
     *
     * @param directory of the model; null of one that starts from random weights, by the recipe's own sizes
     */
    static BaseModel base(Recipe recipe, @Nullable Path directory, RunTask kind, Prepared rows, Seed seed) {
        FreshModel fresh = recipe.model().architecture();
        Device device = device(recipe.work());
        BaseModel base = fresh != null
                ? BaseModel.fresh(fresh.config(rows.shape()), kind, rows.labels(), seed, device)
                : BaseModel.open(Objects.requireNonNull(directory), recipe.model(), kind, rows.labels(), seed, device);
        base.beginWith(kind.start(rows));
        return base;
    }

    Adaptation adapted() {
        @Nullable Choice<Attachment> adapter = recipe.adapter();
        return Adaptation.of(base, adapter == null ? null : adapter.settings(), seed);
    }

    Adaptation reparametrized(Adaptation adapted) {
        return recipe.reparametrize() == null
                ? adapted
                : adapted.reparametrized(base, recipe.reparametrize().settings(), progress::say);
    }

    /** What plain weights reach, where the recipe asks for it: one report or none. */
    List<PartReport> decayBaseline(Adaptation adapted) {
        List<Double> decays = recipe.reparametrize() == null
                ? List.of()
                : recipe.reparametrize().settings().plainDecays();
        if (decays.isEmpty()) {
            return List.of();
        }
        Run plain = plain(adapted);
        if (recipe.weigh() != null) {
            plain = plain.with(plain.task().weighedBy(recipe.weigh().settings().create()));
        }
        return List.of(DecayBaseline.of(
                plain, decays, kind.evaluator(rows, rows.split().test()), progress));
    }

    /** Refuses what only the names of what is trained, or the data, tell to be wrong. */
    void check(Adaptation adapted) {
        if (recipe.reparametrize() == null) { // else the names of what is trained are others, later
            checkGroups(adapted);
        }
        Run plain = plain(adapted);
        recipe.parts().forEach(part -> part.check(plain));
    }

    void checkGroups(Adaptation adaptation) {
        recipe.train().rates().check(adaptation.params().trainables().keySet());
    }

    /** What is trained, before its parts join it. */
    Run plain(Adaptation adaptation) {
        Seed order = seed.child("order");
        Task task = Task.of(base.model(), adaptation.params(), batches(order), kind.objective())
                .evaluatedBy(kind.evaluator(rows, rows.split().dev()));
        var begun = new Run(task, recipe.train(), i -> batches(order.child(i)), progress);
        Run run = rows.domains() == null ? begun : begun.with(rows.domains());
        return rows.split().train() instanceof LabelledDataset learnt
                        && !rows.labels().isEmpty()
                ? run.with(new ClassRows(
                        learnt,
                        kind.evaluator(rows, rows.split().test()),
                        sampler -> changed(sampler.over(learnt), order),
                        recipe.data().columns().tensor()))
                : run;
    }

    private BatchSource batches(Seed order) {
        return changed(recipe.train().batches(rows.split().train(), order), order);
    }

    /** Batches as the model sees them. */
    private BatchSource changed(BatchSource planned, Seed order) {
        return Augmentation.over(rows.seen().apply(planned), recipe.data().augment(), order.child("augment"));
    }
}
