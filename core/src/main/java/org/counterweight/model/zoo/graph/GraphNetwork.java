package org.counterweight.model.zoo.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.Modules;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.Perceptron;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.graph.GcnLayer;
import org.counterweight.model.part.graph.GinLayer;
import org.counterweight.model.part.graph.GraphBatch;
import org.counterweight.model.part.graph.GraphLayer;
import org.counterweight.model.part.graph.MessageNorm;
import org.counterweight.model.part.graph.Propagation;
import org.counterweight.model.part.graph.SageLayer;
import org.counterweight.model.zoo.family.Family;

/**
 * A classifier of nodes: graph convolutions, each, the last too, with a relu and dropout behind it, and a head of linear layers.
 * Weights: {@code conv.N.…} as {@link GraphLayer} has them, {@code norm.N.…}, {@code cls.N.weight}, {@code cls.N.bias}.
 *
 * <p>Batch: {@link GraphBatch}. Points: {@code conv.N}, what convolution N gives after its activation, for all nodes.
 *
 * @param features numbers that a node has
 * @param hidden the width that each convolution gives, at least one
 * @param head the widths between the last convolution and the classes; may be empty
 * @param norm what stands between a convolution and its relu: batch normalisation over the nodes, or nothing
 */
public record GraphNetwork(
        GraphLayer layer,
        int features,
        List<Integer> hidden,
        List<Integer> head,
        int classes,
        double dropout,
        Normalization norm)
        implements ShapedModel {
    private static final String CONV = "conv.";
    private static final String NORM = "norm.";
    private static final String HEAD = "cls";

    public static final Family GCN = Family.graph("gcn", GraphNetwork::gcn);
    public static final Family SAGE = Family.graph("graphsage", GraphNetwork::sage);
    public static final Family GIN = Family.graph("gin", config -> of(config, new GinLayer()));

    public GraphNetwork {
        hidden = List.copyOf(hidden);
        head = List.copyOf(head);
        if (features < 1 || classes < 1 || hidden.isEmpty()) {
            throw new ConfigException("a graph network needs features, convolutions and classes: " + features + ", "
                    + hidden + ", " + classes);
        }
        if (norm == Normalization.INSTANCE) {
            throw new ConfigException("norm", "instance", "batch or none: a node is no image");
        }
    }

    private static GraphNetwork gcn(ConfigJson config) {
        return of(
                config,
                new GcnLayer(
                        config.choice("normalization", MessageNorm.WEIGHTED),
                        config.flag("add_self_loops", false),
                        config.flag("root_weight", false)));
    }

    private static GraphNetwork sage(ConfigJson config) {
        return of(
                config,
                new SageLayer(
                        config.choice("normalization", MessageNorm.UNWEIGHTED), config.flag("l2_normalize", false)));
    }

    private static GraphNetwork of(ConfigJson config, GraphLayer layer) {
        return new GraphNetwork(
                layer,
                config.count("num_features"),
                config.counts("hidden_sizes", List.of(20, 10)),
                config.counts("head_sizes", List.of()),
                config.classes(),
                config.probability("dropout", 0),
                Normalization.of(config, Normalization.NONE));
    }

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        return head(params, rows(embeddings(params, batch, pass), batch), pass);
    }

    /** What is known of every node of the context, {@code [nodes, width]}. */
    public Tensor embeddings(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Propagation propagation = layer.propagation(GraphBatch.messages(batch));
        Pass.Resumed known = pass.resumed();
        Tensor h = known == null ? batch.get(GraphBatch.FEATURES) : pass.dropout(known.activation(), dropout);
        for (int i = known == null ? 0 : known.next(points()); i < hidden.size(); i++) {
            h = activated(params, i, h, convolved(convolution(params, i), propagation, h, pass), pass);
        }
        return h;
    }

    /** One convolution. What it computes on the way is as large as all nodes, and freed unless a gradient needs it. */
    private Tensor convolved(Params at, Propagation propagation, Tensor h, Pass pass) {
        try (var scope = Scope.open()) {
            return scope.keep(layer.combine(at, layer.aggregate(at, propagation, h, pass), h, pass));
        }
    }

    /** Those of the batch's rows among what there is of every node. */
    public static Tensor rows(Tensor nodes, Batch batch) {
        return nodes.index_select(0, batch.get(GraphBatch.NODE));
    }

    /** The weights of a convolution, for {@link #layer}. */
    public Params convolution(Params params, int number) {
        return params.at(CONV + number);
    }

    /** What follows a convolution: normalisation, relu, dropout. */
    public Tensor activated(Params params, int number, Tensor in, Tensor out, Pass pass) {
        Tensor y = norm.apply(params, NORM + number, out, pass).relu();
        return pass.dropout(params.tap(CONV + number, in, y, pass), dropout);
    }

    @Override
    public Output head(Params params, Tensor rows, Pass pass) {
        return new Output(new Perceptron(head, classes).apply(params.at(HEAD), rows, pass), rows);
    }

    @Override
    public GraphNetwork withClasses(int number) {
        return new GraphNetwork(layer, features, hidden, head, number, dropout, norm);
    }

    @Override
    public Shapes layout() {
        var shapes = new Shapes();
        int in = features;
        for (int i = 0; i < hidden.size(); i++) {
            layer.shapes(shapes, CONV + i, in, hidden.get(i));
            norm.shapes(shapes, NORM + i, hidden.get(i));
            in = hidden.get(i);
        }
        new Perceptron(head, classes).headShapes(shapes, HEAD, in);
        return shapes;
    }

    @Override
    public List<String> points() {
        var points = new ArrayList<String>();
        for (int i = 0; i < hidden.size(); i++) {
            points.add(CONV + i);
        }
        return points;
    }

    /** The weight of a GCN's sums as X. Glorot and Y. Bengio draw it (AISTATS 2010), its bias 0; the rest as PyTorch's Linear. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        Shapes shapes = layout();
        Modules modules = shapes.modules();
        Map<String, Tensor> linear = Initial.pytorch(owned(shapes.byName(), modules), modules, random);
        return Initial.each(shapes.byName(), (name, shape) -> {
            boolean isSum = layer instanceof GcnLayer && name.startsWith(CONV) && shape.length == 2;
            if (isSum) {
                return Initial.glorot(shape, random);
            }
            return linear.containsKey(name) ? Objects.requireNonNull(linear.get(name)) : Tensors.zeros(shape);
        });
    }

    /** The tensors of modules; the others begin at zero. */
    private static Map<String, long[]> owned(Map<String, long[]> shapes, Modules modules) {
        var owned = new LinkedHashMap<>(shapes);
        owned.keySet().removeIf(name -> modules.find(name.substring(0, name.lastIndexOf('.'))) == null);
        return owned;
    }
}
