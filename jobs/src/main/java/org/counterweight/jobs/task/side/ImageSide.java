package org.counterweight.jobs.task.side;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet.Shape;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.image.PictureRows;
import org.counterweight.jobs.data.targets.ScoreTarget;
import org.counterweight.jobs.data.targets.Target;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.ImageData;
import org.counterweight.model.config.Problem;
import org.counterweight.model.fresh.FreshModel;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Rows that are pictures, which a table names. */
public record ImageSide(Recipe recipe) implements Side {
    private PictureRows rows(@Nullable Path model, Target target) {
        return new PictureRows((ImageData) recipe.data(), form(recipe, model), target);
    }

    /** How the model of a recipe sees images; null of one that starts from random weights, and sees them as they are. */
    public static @Nullable ImageForm form(Recipe recipe, @Nullable Path model) {
        if (model == null || !Files.isDirectory(model)) {
            return null;
        }
        return recipe.model().fromScratch() ? ImageForm.beside(model) : ImageForm.of(model);
    }

    @Override
    public ScoreTarget scores(@Nullable Path model, Consumer<String> remarks) {
        var data = (ImageData) recipe.data();
        return data.train() == null || Files.isDirectory(Path.of(data.train()))
                ? ScoreTarget.AS_IT_IS
                : ScoreTarget.of(Path.of(data.train()), data.format(), data.label(), remarks);
    }

    @Override
    public void check(Target target) {
        String name = recipe.model().name();
        Shape shape = rows(name == null ? null : Path.of(name), target).check();
        FreshModel fresh = recipe.model().architecture();
        if (fresh != null) {
            fresh.config(shape.sizes());
        }
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> outputs, Problem problem) {
        return ModelDescription.ofImages(origin, base, recipe.model(), outputs, problem);
    }

    @Override
    public Prepared rows(@Nullable Path model, Target target, Fetcher fetcher, ProgressLine progress, Seed seed) {
        return rows(model, target).read(progress::say, seed);
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
