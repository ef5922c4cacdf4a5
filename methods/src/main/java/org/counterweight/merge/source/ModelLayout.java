package org.counterweight.merge.source;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.tensor.ModelTensor;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An open model and what its tensors' names say: stacks of numbered layers ({@code model.layers.7.mlp…}), and loose tensors
 * in front of and behind them. No list of architectures is needed.
 */
public final class ModelLayout {
    private static final Pattern LAYER = Pattern.compile("\\.(\\d{1,6})\\.");
    private static final List<String> LAYER_KEYS = List.of("num_hidden_layers", "n_layer", "num_layers", "n_layers");

    /** How many layers only guess at tokens further on, as DeepSeek's and GLM's do. */
    private static final String LAYERS_AHEAD = "num_nextn_predict_layers";

    private final ModelReference reference;
    private final ModelDirectory directory;
    private final Map<String, ModelTensor> tensors;
    private final Set<String> loose = new LinkedHashSet<>();
    private final Map<String, Map<Integer, List<String>>> stacks = new LinkedHashMap<>();

    /** @param tensors by the names that they have in the merge */
    ModelLayout(ModelReference reference, ModelDirectory directory, Map<String, ModelTensor> tensors) {
        this.reference = reference;
        this.directory = directory;
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        for (String name : tensors.keySet()) {
            Matcher layer = LAYER.matcher(name);
            if (layer.find() && layer.start() > 0) {
                stacks.computeIfAbsent(name.substring(0, layer.start()), key -> new LinkedHashMap<>())
                        .computeIfAbsent(Integer.parseInt(layer.group(1)), key -> new ArrayList<>())
                        .add(name.substring(layer.end()));
            } else {
                loose.add(name);
            }
        }
        List.copyOf(stacks.keySet()).stream().filter(this::isSequence).forEach(this::loosen);
        stacks.forEach((stack, layers) -> {
            for (int i = 0; i < layers.size(); i++) {
                if (!layers.containsKey(i)) {
                    throw new WeightsException(
                            directory.path(),
                            "has no layer " + i + " of " + stack + ", but layer "
                                    + new TreeSet<>(layers.keySet()).last());
                }
            }
        });
        checkAgainstConfig();
    }

    /**
     * Whether numbers count the steps of a sequence, not layers: {@code merger.mlp.0} and {@code merger.mlp.2} have weights,
     * and what stands between has none.
     */
    private boolean isSequence(String stack) {
        Map<Integer, List<String>> steps = stacks.getOrDefault(stack, Map.of());
        boolean isBroken = IntStream.range(0, steps.size()).anyMatch(i -> !steps.containsKey(i));
        return isBroken && steps.values().stream().flatMap(List::stream).noneMatch(suffix -> suffix.indexOf('.') >= 0);
    }

    private void loosen(String stack) {
        Map<Integer, List<String>> steps = stacks.getOrDefault(stack, Map.of());
        steps.forEach((step, suffixes) -> suffixes.forEach(suffix -> loose.add(stack + "." + step + "." + suffix)));
        stacks.remove(stack);
    }

    private void checkAgainstConfig() {
        String key = layerKey();
        if (key == null) {
            return;
        }
        int stated = directory.config().path(key).asInt(0);
        int ahead = directory.config().path(LAYERS_AHEAD).asInt(0); // stored behind the others, and not counted there
        if (stacks.values().stream().noneMatch(layers -> layers.size() == stated || layers.size() == stated + ahead)
                && !(stated == 0 && stacks.isEmpty())) {
            var found = new ArrayList<String>();
            stacks.forEach((stack, layers) -> found.add(layers.size() + " of " + stack));
            throw new WeightsException(
                    directory.path(),
                    "its config says " + key + ": " + stated + ", its weights have "
                            + (found.isEmpty() ? "no layers" : "layers: " + String.join(", ", found)));
        }
    }

    /** The key under which this model's config holds the number of layers; null if it has none. */
    @Nullable
    public String layerKey() {
        if (!directory.hasConfig()) {
            return null;
        }
        ObjectNode config = directory.config();
        return LAYER_KEYS.stream()
                .filter(key -> config.path(key).isInt())
                .findFirst()
                .orElse(null);
    }

    public ModelReference reference() {
        return reference;
    }

    public ModelDirectory directory() {
        return directory;
    }

    /** The prefixes of numbered layers. */
    List<String> stacks() {
        return List.copyOf(stacks.keySet());
    }

    public int layers(String stack) {
        return stacks.getOrDefault(stack, Map.of()).size();
    }

    /** What follows the number in the names of one layer's tensors. */
    List<String> suffixes(String stack, int layer) {
        return stacks.getOrDefault(stack, Map.of()).getOrDefault(layer, List.of());
    }

    Set<String> loose() {
        return loose;
    }

    /** All tensors, by the names that they have in the merge. */
    public Map<String, ModelTensor> tensors() {
        return tensors;
    }

    /** What it has under that name, or instead of a head the embedding to which it is tied; null if neither. */
    @Nullable
    public ModelTensor find(String name) {
        ModelTensor tensor = tensors.get(name);
        String tied = tensor == null && TensorNames.isHead(name) ? embedding() : null;
        return tied == null ? tensor : tensors.get(tied);
    }

    /** How many rows the input embedding has; −1 if there is none of a known name. */
    public long embeddingRows() {
        String name = embedding();
        ModelTensor tensor = name == null ? null : tensors.get(name);
        TensorInfo info = tensor == null ? null : tensor.info();
        return info == null || info.shape().length != 2 ? -1 : info.shape()[0];
    }

    private @Nullable String embedding() {
        return loose.stream().filter(TensorNames::isEmbedding).findFirst().orElse(null);
    }

    /** Whether a model may lack a tensor that this one may have. */
    public boolean isOptional(String name) {
        ModelTensor own = tensors.get(name);
        return TensorNames.isHead(name)
                || TensorNames.isBuffer(
                        name, own == null ? new long[0] : own.info().shape());
    }
}
