package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.graph.GraphForm;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.GraphRows;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.GraphData;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.measure.Evaluator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to predict classes of a graph's nodes. */
record NodeClassificationTask(Recipe recipe) implements ClassTask {
    private GraphData data() {
        return (GraphData) recipe.data();
    }

    private GraphRows rows(@Nullable Path model) {
        return new GraphRows(data(), model == null ? null : GraphForm.beside(model));
    }

    @Override
    public void checkData() {
        String name = recipe.model().name();
        rows(name == null ? null : Path.of(name)).check();
        if (recipe.model().architecture() != null) {
            ObjectNode config = recipe.model().architecture().config(List.of(1));
            describe(Path.of("model.architecture"), config, List.of("0", "1"));
        }
        boolean isPair = data().target() != null || data().train().endsWith(".safetensors"); // which may have masks
        recipe.sections().byKey().forEach((key, part) -> {
            if (part.needsDomains() && !isPair) {
                throw new ConfigException(
                        key + " weighs edges of one graph as another links its classes, and there is no"
                                + " other: give data.target, or leave it out");
            }
        });
    }

    /** Refuses to sample neighbours where a sample is no estimate, or not one for each convolution. */
    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        ModelDescription described = ModelDescription.ofNodes(origin, base, recipe.model(), labels);
        List<Integer> neighbours = data().neighbours();
        if (neighbours != null && described.model() instanceof GraphNetwork network) {
            if (!network.layer().isMean()) {
                throw new ConfigException("data.neighbours: the sums of "
                        + base.path("model_type").asString("")
                        + " over some neighbours say nothing of those over all; take graphsage, or leave it out");
            }
            if (neighbours.size() != network.hidden().size()) {
                throw new ConfigException(
                        "data.neighbours",
                        neighbours,
                        "a number for each of the " + network.hidden().size() + " convolutions");
            }
        }
        return described;
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Prepared rows = rows(model).read(progress::say, seed);
        checkClasses(rows, "data.names.label", progress);
        return rows;
    }

    @Override
    public int evaluationRows() {
        return Recipe.ALL_ROWS;
    }

    /** All neighbours count where a model is judged. */
    @Override
    public Evaluator evaluator(Prepared all, Dataset rows) {
        return judge(all, BatchSource.byLength(rows, Batching.reading(rows, evaluationRows())));
    }

    @Override
    public String question() {
        return "--input " + (data().target() == null ? data().train() : data().target());
    }
}
