package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.image.ImageSet.Shape;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.guide.learn.DiffusionConfig;
import org.counterweight.guide.learn.DiffusionObjective;
import org.counterweight.guide.learn.LevelLosses;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.image.ImageRows;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.DiffusionReport;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.guide.choice.GuidanceChoice;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.ImageData;
import org.counterweight.model.Model;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A network learns to tell noise from images of known classes, so that such can be drawn. */
record DiffusionTask(Recipe recipe) implements RunTask {
    /** What lies beside the model: what it tells of the noise. */
    static final String FILE = "diffusion.json";

    private DiffusionConfig settings() {
        return Objects.requireNonNull(recipe.sections().diffusion(), DiffusionConfig.KEY);
    }

    private ImageRows images() {
        return new ImageRows((ImageData) recipe.data(), null);
    }

    @Override
    public void checkData() {
        Shape shape = images().check();
        FreshModel fresh = recipe.model().architecture();
        if (fresh != null && shape != null) {
            fresh.config(shape.sizes());
        }
    }

    /** Nothing of it is a head. */
    @Override
    public List<String> heads(Model model) {
        return List.of();
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        return ModelDescription.ofNoise(origin, base, recipe.model(), labels);
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Prepared rows = images().read(fetcher, seed);
        progress.say(
                rows.sizes() + ", in " + rows.labels().size() + (rows.labels().size() == 1 ? " class" : " classes"));
        return rows.unanswered()
                .with(FILE, Configs.tree(settings()))
                .with(GuidanceChoice.FILE, GuidanceChoice.usual().json());
    }

    @Override
    public Objective objective() {
        return new DiffusionObjective(settings());
    }

    @Override
    public Evaluator judge(Prepared all, BatchSource batches) {
        return RunTask.super.judge(all, batches).with(LevelLosses::new);
    }

    @Override
    public int evaluationRows() {
        return 256;
    }

    /** None: a loss means little by itself, and what is drawn says more. */
    @Override
    public @Nullable Baseline baseline(
            BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        return null;
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        return new DiffusionReport(recipe).findings(outcome, rows, course);
    }

    @Override
    public String question() {
        return "--count 8";
    }

    @Override
    public String ask(Path model) {
        return "./cw guide linear --model " + model + " " + question() + " --output " + model.resolveSibling("drawn");
    }
}
