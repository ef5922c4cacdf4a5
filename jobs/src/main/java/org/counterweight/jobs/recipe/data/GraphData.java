package org.counterweight.jobs.recipe.data;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.data.graph.GraphColumns;
import org.counterweight.data.graph.Symmetry;
import org.counterweight.train.augment.Augmentation;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a graph and their classes, and perhaps of another in which the model is to be used. A graph is a safetensors file,
 * or a directory with tables of nodes and edges. Paths are relative to the directory that {@code cw} is started in.
 */
public record GraphData(
        @Setting(
                value = "What the rows are",
                defaultsTo = "\"graph\"",
                oneOf = {"graph"})
        DataKind kind,

        @Setting(
                value = "Graph whose classes are learnt: a .safetensors file, or a directory with tables nodes and"
                        + " edges",
                example = "\"graph\"")
        String train,

        @Setting(
                value = "Graph in which the model is to be used, whose nodes are predicted; null for the one that is"
                        + " learnt",
                defaultsTo = "null")
        @Nullable
        String target,

        @Setting(value = "Names of the columns in tables of nodes and edges", defaultsTo = "{}")
        GraphColumns names,

        @Setting(
                value = "Whether edges are made to go both ways: none; max, only those missing one way; sum, each the"
                        + " other way too",
                defaultsTo = "\"none\"",
                oneOf = {"none", "max", "sum"})
        Symmetry symmetrize,

        @Setting(
                value = "Which labels choose the best weights: the source's, as where the target has none, or some of"
                        + " the target's",
                defaultsTo = "\"source\"",
                oneOf = {"source", "target"})
        ChooseBy chooseBy,

        @Setting(
                value = "Most edges into a node that a step sees, drawn at random, hop by hop, as [10, 10], of"
                        + " batch_size nodes; null for all of the graph in each step",
                defaultsTo = "null",
                range = "each at least 1")
        @Nullable
        List<Integer> neighbours,

        @Setting(value = "Share of the labelled nodes held out to choose by", defaultsTo = "0.1", range = "(0, 0.5]")
        double devShare,

        @Setting(
                value = "Share of the labelled nodes held out to judge by, where no target has labels",
                defaultsTo = "0.2",
                range = "(0, 0.5]")
        double testShare,

        @Setting(
                value = "Most nodes to learn from, chosen at random with the classes in their proportions; null for"
                        + " all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer rows,

        @Setting(
                value = "Most nodes to choose by and most to judge by, chosen likewise; null for all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer evalRows)
        implements DataConfig {
    /** Where labels are looked at to tell the best weights. */
    public enum ChooseBy {
        SOURCE,
        TARGET
    }

    public GraphData {
        Checks.ranges(GraphData.class, "data", neighbours, devShare, testShare, rows, evalRows);
        train = HomeDirectory.expanded(train);
        target = HomeDirectory.expandedOrNull(target);
        if (neighbours != null) {
            neighbours = List.copyOf(neighbours);
            if (neighbours.isEmpty()) {
                throw new ConfigException(
                        "data.neighbours", neighbours, "a number for each convolution, such as [10, 10]");
            }
        }
    }

    /** Graphs of the catalogue are fetched beforehand and named by their paths. */
    @Override
    public @Nullable String name() {
        return null;
    }

    /** Nodes to choose by lie in the graphs themselves. */
    @Override
    public @Nullable String dev() {
        return null;
    }

    /** So do those to judge by. */
    @Override
    public @Nullable String test() {
        return null;
    }

    /** Nothing changes nodes at random; {@code neighbours} draws what is around them. */
    @Override
    public List<Augmentation> augment() {
        return List.of();
    }

    /** Tables of nodes say nothing more of them. */
    @Override
    public ColumnsSection columns() {
        return ColumnsSection.NONE;
    }
}
