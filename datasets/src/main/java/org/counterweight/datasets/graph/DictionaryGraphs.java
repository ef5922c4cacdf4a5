package org.counterweight.datasets.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.datasets.convert.Converter;
import org.counterweight.datasets.convert.Dictionary;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsWriter;

/**
 * Two graphs with the same five classes of things and the same words as features, of other styles, shares of classes and wiring:
 * Webster's dictionary of 1913 by its cross-references, and WordNet's nouns by their pointers.
 */
public final class DictionaryGraphs {
    /** How many words are features. */
    private static final int WORDS = 4000;

    private DictionaryGraphs() {}

    /**
     * Makes {@code webster.safetensors} and {@code wordnet.safetensors}: sparse features, classes, edges, as
     * {@link org.counterweight.data.graph.GraphFiles} reads them.
     *
     * @param dictionary a name of dictd's
     * @param dataNoun WordNet's file of nouns
     */
    public static Converter of(String dictionary, String dataNoun) {
        return (in, out) -> {
            Entries webster = new Webster(Dictionary.read(in, dictionary)).read();
            Entries nouns = new WordNetNouns(Files.readAllLines(in.resolve(dataNoun))).read();
            var all = new ArrayList<>(webster.texts());
            all.addAll(nouns.texts());
            TermWeights words = TermWeights.of(all, WORDS);
            write(out.resolve("webster.safetensors"), webster, words);
            write(out.resolve("wordnet.safetensors"), nouns, words);
            Files.write(out.resolve("labels.txt"), Entries.CLASSES);
        };
    }

    private static void write(Path file, Entries entries, TermWeights words) {
        try (var scope = Scope.open()) {
            List<TermWeights.Weight> weights = words.of(entries.texts());
            int n = weights.size();
            int m = entries.edges().size();
            long[] places = new long[2 * n];
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                TermWeights.Weight weight = weights.get(i);
                places[i] = weight.text();
                places[n + i] = weight.word();
                values[i] = (float) weight.value();
            }
            long[] ends = new long[2 * m];
            for (int i = 0; i < m; i++) {
                ends[i] = entries.edges().get(i)[0];
                ends[m + i] = entries.edges().get(i)[1];
            }
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("feature_index", Tensors.longs(places, 2, n).to(ScalarType.Int));
            tensors.put("feature_value", Tensors.floats(values, n));
            tensors.put(
                    "feature_shape", Tensors.longs(new long[] {entries.texts().size(), words.inverse().length}));
            tensors.put("edge_index", Tensors.longs(ends, 2, m).to(ScalarType.Int));
            tensors.put(
                    "label",
                    Tensors.longs(entries.labels().stream()
                                    .mapToLong(Integer::longValue)
                                    .toArray())
                            .to(ScalarType.Int));
            WeightsWriter.write(file, tensors, Map.of());
        }
    }
}
