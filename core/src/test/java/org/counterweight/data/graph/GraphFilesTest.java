package org.counterweight.data.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.DataException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.part.graph.GraphBatch;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphFilesTest {
    @TempDir
    private Path directory;

    private Path tables(String nodes, String edges) throws IOException {
        Files.writeString(directory.resolve("nodes.csv"), nodes);
        Files.writeString(directory.resolve("edges.csv"), edges);
        return directory;
    }

    @Test
    void tablesBecomeABatchAmongEdges() throws IOException {
        Path path = tables(
                "id,label,x,y\na,red,1,0.5\nb,,2,0.25\nc,blue,3,0\n", "source,target,weight\na,b,1\nb,a,1\nc,b,0.5\n");
        try (var scope = Scope.open()) {
            Graph graph = GraphFiles.read(path);
            assertThat(graph.nodes().labelNames()).containsExactly("blue", "red");
            assertThat(graph.nodes().ids()).containsExactly("a", "b", "c");
            Tensor all = graph.nodes().of(Nodes.SOURCE);
            Batch batch = NodeRows.of(graph, all).batch(0, 1, 2);
            assertThat(Tensors.toFloats(batch.get(GraphBatch.FEATURES))).containsExactly(1, 0.5f, 2, 0.25f, 3, 0);
            assertThat(Tensors.toLongs(batch.labels())).containsExactly(1, -100, 0);
            assertThat(Tensors.toLongs(batch.get(GraphBatch.EDGE_INDEX))).containsExactly(0, 1, 2, 1, 0, 1);
            assertThat(Tensors.toFloats(batch.get(GraphBatch.EDGE_WEIGHT))).containsExactly(1, 1, 0.5f);
            NodeRows labelled = NodeRows.labelled(graph, all);
            assertThat(labelled.ids()).containsExactly("a", "c");
            Batch some = labelled.select(1).batch(0);
            assertThat(Tensors.toLongs(some.get(Batch.ROW))).containsExactly(0);
            assertThat(Tensors.toLongs(some.get(GraphBatch.NODE))).containsExactly(2);
            assertThat(some.get(GraphBatch.EDGE_INDEX).size(1))
                    .as("edges are not cut by rows")
                    .isEqualTo(3);
        }
    }

    @Test
    void featuresMayBeMoneyAndDates() throws IOException {
        Path path = tables("id,x,y\na,\"$1,234.50\",02/01/1970\nb,$5,31/01/1970\n", "source,target\na,b\n");
        try (var scope = Scope.open()) {
            Graph graph = GraphFiles.read(path);
            Batch batch = NodeRows.of(graph, graph.nodes().of(Nodes.SOURCE)).batch(0, 1);
            assertThat(Tensors.toFloats(batch.get(GraphBatch.FEATURES))).containsExactly(1234.5f, 1, 5, 30);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'id,x\na,1\na,2\n'      | 'source,target\na,a\n' | nodes.csv: line 3: a second node has the id a",
                "'id,x\na,1\nb,2\n'      | 'source,target\na,c\n' | edges.csv: line 2: target is c, and no node has that id",
                "'id,x\na,1\nb,2\n'      | 'source,target,weight\na,b,-1\n' | edges.csv: line 2: weight is -1.0; give each edge",
                "'id,x\na,1\nb,2\n'      | 'source,target,weight\na,b,\n' | 'edges.csv: 1 row lacks a value, at line 2: no weight'",
                "'id,label\na,r\nb,s\n'  | 'source,target\na,b\n' | nodes.csv: has no features",
                "'id,x\na,1\nb,two\n'    | 'source,target\na,b\n' | nodes.csv: 1 row is broken, at line 3: x is two",
                "'id,x\na,1\nb,2\n'      | 'from,target\na,b\n'   | 'edges.csv: has no column \"source\"'"
            })
    void tablesThatAreNotWholeAreRefused(String nodes, String edges, String message) throws IOException {
        Path path = tables(nodes, edges);
        assertThatThrownBy(() -> GraphFiles.read(path))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    private Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put("edge_index", Tensors.longs(new long[] {0, 1, 1, 2}, 2, 2));
        all.put("feature_index", Tensors.longs(new long[] {0, 2, 2, 1, 0, 1}, 2, 3));
        all.put("feature_value", Tensors.floats(new float[] {1, 2, 3}));
        all.put("feature_shape", Tensors.longs(new long[] {3, 2}));
        all.put("label", Tensors.longs(new long[] {1, -1, 0}));
        return all;
    }

    private Path written(Map<String, Tensor> tensors) {
        Path file = directory.resolve("graph.safetensors");
        WeightsWriter.write(file, tensors, Map.of());
        return file;
    }

    @Test
    void sparseFeaturesAndDenseOnesAreTheSame() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> sparse = tensors();
            Graph graph = GraphFiles.read(written(sparse));
            assertThat(Tensors.toFloats(graph.nodes().features())).containsExactly(0, 1, 0, 0, 2, 3);
            assertThat(Tensors.toLongs(graph.nodes().labels())).containsExactly(1, -100, 0);
            assertThat(graph.weights()).isNull();
            Map<String, Tensor> dense = tensors();
            dense.keySet().removeIf(name -> name.startsWith("feature"));
            dense.put("x", graph.nodes().features());
            dense.put("y", Objects.requireNonNull(dense.remove("label")));
            dense.put("edge_weight", Tensors.floats(new float[] {1, 4}));
            Graph again = GraphFiles.read(written(dense));
            assertThat(Tensors.toFloats(again.nodes().features())).containsExactly(0, 1, 0, 0, 2, 3);
            assertThat(again.nodes().labelNames()).containsExactly("0", "1");
            assertThat(Tensors.toFloats(Objects.requireNonNull(again.weights())))
                    .containsExactly(1, 4);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "edge_index    | 4 | edge_index is [4]; expected [2, edges]",
                "label         | 2 | has 2 labels for 3 nodes",
                "edge_weight   | 3 | edge_weight has 3 values for 2 edges; give each edge one",
                "source_mask   | 2 | source_mask has 2 values for 3 nodes",
                "feature_value | 2 | feature_index is not [2, n] with a feature_value each"
            })
    void tensorsThatDoNotFitAreRefused(String name, int length, String message) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> all = tensors();
            all.put(name, Tensors.longs(new long[length]));
            Path file = written(all);
            assertThatThrownBy(() -> GraphFiles.read(file))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("graph.safetensors: " + message);
        }
    }

    @Test
    void anEdgeToNowhereIsRefused() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> all = tensors();
            all.put("edge_index", Tensors.longs(new long[] {0, 1, 1, 3}, 2, 2));
            Path file = written(all);
            assertThatThrownBy(() -> GraphFiles.read(file))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("edge_index: edge 1 has the end 3, and there are 3 nodes, counted from 0");
            all.remove("edge_index");
            Path without = written(all);
            assertThatThrownBy(() -> GraphFiles.read(without))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("has no edge_index");
            assertThatThrownBy(() -> GraphFiles.read(directory.resolve("none.safetensors")))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("there is no such file or directory");
        }
    }

    @Test
    void weightsThatAreNoneAreRefusedByTheirEdge() {
        try (var scope = Scope.open()) {
            for (float bad : new float[] {-0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
                Map<String, Tensor> all = tensors();
                all.put("edge_weight", Tensors.floats(new float[] {1, bad}));
                Path file = written(all);
                assertThatThrownBy(() -> GraphFiles.read(file))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("graph.safetensors: edge_weight: edge 1 has " + (double) bad);
            }
            Map<String, Tensor> all = tensors();
            all.put("feature_value", Tensors.floats(new float[] {1, Float.NaN, 3}));
            Path file = written(all);
            assertThatThrownBy(() -> GraphFiles.read(file))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("x: node 2 has NaN in column 0");
        }
    }

    @Test
    void masksSayWhichDomainANodeIsOf() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> all = tensors();
            all.put("source_mask", Tensors.longs(new long[] {1, 0, 0}));
            all.put("target_mask", Tensors.longs(new long[] {0, 0, 1}));
            Nodes nodes = GraphFiles.read(written(all)).nodes();
            assertThat(Tensors.toLongs(Objects.requireNonNull(nodes.domains()))).containsExactly(0, -1, 1);
            assertThat(Tensors.toLongs(nodes.of(Nodes.TARGET))).containsExactly(2);
            all.put("target_mask", Tensors.longs(new long[] {1, 0, 1}));
            Path file = written(all);
            assertThatThrownBy(() -> GraphFiles.read(file)).hasMessageContaining("node 0 is in both");
        }
    }

    @Test
    void classesThatAreKnownAreHeldTo() throws IOException {
        Path path = tables("id,label,x\na,red,1\nb,,2\n", "source,target\na,b\n");
        try (var scope = Scope.open()) {
            Graph graph = GraphFiles.read(path, GraphColumns.USUAL, List.of("blue", "red"));
            assertThat(Tensors.toLongs(graph.nodes().labels())).containsExactly(1, -100);
            assertThatThrownBy(() -> GraphFiles.read(path, GraphColumns.USUAL, List.of("blue")))
                    .hasMessageContaining("nodes.csv: line 2: the label \"red\" is none of the known classes (blue)");
            Path file = written(tensors());
            assertThatThrownBy(() -> GraphFiles.read(file, GraphColumns.USUAL, List.of("one")))
                    .hasMessageContaining("has labels up to 1, and 1 classes are known");
        }
    }

    @Test
    void jsonAndOtherColumnsAreRead() throws IOException {
        Files.writeString(
                directory.resolve("nodes.jsonl"),
                "{\"key\": 7, \"kind\": \"red\", \"x\": 1, \"note\": \"n\"}\n{\"key\": \"b\", \"kind\": \"blue\", \"x\": 2}\n");
        Files.writeString(directory.resolve("edges.tsv"), "from\tto\n7\tb\n");
        var columns = new GraphColumns("key", "kind", List.of("x"), "from", "to", "weight");
        try (var scope = Scope.open()) {
            Graph graph = GraphFiles.read(directory, columns, List.of());
            assertThat(graph.nodes().ids()).containsExactly("7", "b");
            assertThat(Tensors.toFloats(graph.nodes().features())).containsExactly(1, 2);
            assertThat(Tensors.toLongs(graph.edges())).containsExactly(0, 1);
            assertThat(GraphForm.featuresOf(directory, columns)).containsExactly("x");
        }
    }
}
