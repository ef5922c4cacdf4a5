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
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.ImageData;
import org.counterweight.jobs.recipe.data.Labels;
import org.counterweight.jobs.task.side.ImageSide;
import org.counterweight.model.config.Problem;
import org.counterweight.model.fresh.FreshModel;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to predict classes of images. */
record ImageClassificationTask(Recipe recipe) implements ClassTask {
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
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        return ModelDescription.ofImages(origin, base, recipe.model(), labels, Problem.CLASSES);
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Prepared rows = data().ofTable()
                ? new ImageSide(recipe).rows(model, CLASSES, fetcher, progress, seed)
                : rows(model).read(fetcher, seed);
        checkClasses(rows, "data.train", progress);
        return rows;
    }

    @Override
    public int evaluationRows() {
        return 256;
    }

    @Override
    public String question() {
        return "--image picture.png";
    }
}
