package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.image.ImageSet.Shape;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.image.ImageRows;
import org.counterweight.jobs.data.targets.ClassTarget;
import org.counterweight.jobs.data.targets.Target;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.ClassReport;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.ImageData;
import org.counterweight.jobs.recipe.data.Labels;
import org.counterweight.jobs.task.side.ImageSide;
import org.counterweight.model.config.Problem;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to tell classes of images. */
record ImageClassificationTask(Recipe recipe) implements RunTask {
    private static final Target CLASSES = new ClassTarget(Labels.AUTO);

    private ImageData data() {
        return (ImageData) recipe.data();
    }

    @Override
    public void checkData() {
        if (data().ofTable()) {
            new ImageSide(recipe).check(CLASSES);
            return;
        }
        String name = recipe.model().name();
        Shape shape = rows(name == null ? null : Path.of(name)).check();
        FreshModel fresh = recipe.model().architecture();
        if (fresh != null && shape != null) {
            fresh.config(shape.sizes());
        }
    }

    private ImageRows rows(@Nullable Path model) {
        return new ImageRows(data(), ImageSide.form(recipe, model));
    }

    @Override
    public Described describe(Path origin, ObjectNode base, List<String> labels) {
        return Described.ofImages(origin, base, recipe.model(), labels, Problem.CLASSES);
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Prepared rows = data().ofTable()
                ? new ImageSide(recipe).rows(model, CLASSES, fetcher, progress, seed)
                : rows(model).read(fetcher, seed);
        new Classifying(recipe).check(rows, "data.train", progress);
        return rows;
    }

    @Override
    public Objective objective() {
        return new CrossEntropy(0);
    }

    @Override
    public int evaluationRows() {
        return 256;
    }

    @Override
    public Baseline baseline(BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        return new Classifying(recipe).baseline(this, base, adaptation, rows, seed, progress);
    }

    @Override
    public @Nullable String peftName() {
        return null; // PEFT has no name for images
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        return new ClassReport(recipe).findings(outcome, rows, course);
    }

    @Override
    public String question() {
        return "--image picture.png";
    }
}
