package org.counterweight.data.graph;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.DataException;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.jspecify.annotations.Nullable;

/**
 * A graph in a safetensors file: {@code edge_index [2, edges]}; features as {@code x [nodes, width]}, or sparsely as
 * {@code feature_index [2, n]} (node, feature), {@code feature_value [n]} and {@code feature_shape [2]}; classes as {@code y} or
 * {@code label [nodes]}, less than 0 for none; perhaps {@code edge_weight [edges]}; of a graph that holds two domains
 * {@code source_mask} and {@code target_mask [nodes]}.
 *
 * @param classes that are known; empty to take the numbers that are found
 */
record TensorGraph(Path file, List<String> classes) {
    Graph read() {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            Map<String, Tensor> all = tensors.all();
            Tensor features = features(all);
            long nodes = features.size(0);
            Tensor edges = required(all, "edge_index").to(ScalarType.Long);
            if (edges.dim() != 2 || edges.size(0) != 2) {
                throw new DataException(
                        file + ": edge_index is " + Arrays.toString(Tensors.shape(edges)) + "; expected [2, edges]");
            }
            Tensor labels = labels(all, nodes);
            Tensor weights = all.get("edge_weight");
            return new Graph(
                    new Nodes(features.clone(), labels.clone(), names(labels), List.of(), domains(all, nodes)),
                    edges.clone(),
                    weights == null ? null : weights.to(ScalarType.Float).clone());
        }
    }

    /** Refuses a file without a graph, by its header. */
    static void check(Path file) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            Set<String> names = tensors.tensors().keySet();
            if (!names.contains("edge_index")) {
                throw lacks(file, "edge_index", names);
            }
            if (!names.contains("x") && !names.contains("feature_index")) {
                throw withoutFeatures(file);
            }
        }
    }

    private Tensor features(Map<String, Tensor> all) {
        Tensor dense = all.get("x");
        if (dense != null) {
            if (dense.dim() != 2) {
                throw new DataException(file + ": x has " + dense.dim() + " dimensions; expected [nodes, width]");
            }
            return dense.to(ScalarType.Float);
        }
        if (!all.containsKey("feature_index")) {
            throw withoutFeatures(file);
        }
        long[] shape = Tensors.toLongs(required(all, "feature_shape"));
        Tensor index = required(all, "feature_index").to(ScalarType.Long);
        Tensor values = required(all, "feature_value").to(ScalarType.Float);
        if (shape.length != 2 || index.dim() != 2 || index.size(0) != 2 || index.size(1) != values.size(0)) {
            throw new DataException(file
                    + ": feature_index is not [2, n] with a feature_value each and a feature_shape of" + " two sizes");
        }
        checkPlaces("feature_index[0]", index.select(0, 0), shape[0]);
        checkPlaces("feature_index[1]", index.select(0, 1), shape[1]);
        Tensor flat = index.select(0, 0).mul(new Scalar(shape[1])).add(index.select(0, 1));
        return Tensors.zeros(shape[0] * shape[1]).index_add_(0, flat, values).view(shape);
    }

    private Tensor labels(Map<String, Tensor> all, long nodes) {
        Tensor stored = all.containsKey("y") ? all.get("y") : all.get("label");
        if (stored == null) {
            return torch.full(new long[] {nodes}, new Scalar(Graph.UNLABELLED), Tensors.options(ScalarType.Long));
        }
        if (stored.dim() != 1 || stored.size(0) != nodes) {
            throw new DataException(file + ": has " + stored.numel() + " labels for " + nodes + " nodes");
        }
        Tensor labels = stored.to(ScalarType.Long);
        return labels.masked_fill(labels.lt(new Scalar(0L)), new Scalar(Graph.UNLABELLED));
    }

    /** The numbers of the classes, or the classes that are known, among which these must be. */
    private List<String> names(Tensor labels) {
        long most = labels.numel() == 0 ? -1 : labels.max().item_long();
        if (classes.isEmpty()) {
            return LongStream.rangeClosed(0, most).mapToObj(Long::toString).toList();
        }
        if (most >= classes.size()) {
            throw new DataException(file + ": has labels up to " + most + ", and " + classes.size()
                    + " classes are known, counted from 0; give both graphs the same classes");
        }
        return classes;
    }

    private @Nullable Tensor domains(Map<String, Tensor> all, long nodes) {
        if (!all.containsKey("source_mask") && !all.containsKey("target_mask")) {
            return null;
        }
        Tensor source = mask(all, "source_mask", nodes);
        Tensor target = mask(all, "target_mask", nodes);
        Tensor both = source.logical_and(target);
        if (Graph.isAny(both)) {
            throw new DataException(file + ": source_mask, target_mask: node " + Graph.first(both)
                    + " is in both; give each node to one domain");
        }
        Tensor none = torch.full(new long[] {nodes}, new Scalar(-1L), Tensors.options(ScalarType.Long));
        return none.masked_fill(source, new Scalar(Nodes.SOURCE)).masked_fill(target, new Scalar(Nodes.TARGET));
    }

    private Tensor mask(Map<String, Tensor> all, String name, long nodes) {
        Tensor mask = required(all, name);
        if (mask.dim() != 1 || mask.size(0) != nodes) {
            throw new DataException(file + ": " + name + " has " + mask.numel() + " values for " + nodes + " nodes");
        }
        return mask.to(ScalarType.Bool);
    }

    private void checkPlaces(String name, Tensor places, long size) {
        if (places.numel() > 0 && (places.min().item_long() < 0 || places.max().item_long() >= size)) {
            throw new DataException(
                    file + ": " + name + " has numbers from " + places.min().item_long() + " to "
                            + places.max().item_long() + ", and there are " + size + ", counted from 0");
        }
    }

    private Tensor required(Map<String, Tensor> all, String name) {
        @Nullable Tensor tensor = all.get(name);
        if (tensor == null) {
            throw lacks(file, name, all.keySet());
        }
        return tensor;
    }

    private static DataException lacks(Path file, String name, Set<String> names) {
        return new DataException(file + ": has no " + name + "; it has " + String.join(", ", names));
    }

    private static DataException withoutFeatures(Path file) {
        return new DataException(file
                + ": has no x, and no feature_index, feature_value and feature_shape; give each node its features");
    }
}
