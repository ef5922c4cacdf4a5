package org.counterweight.merge.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.merge.mergekit.ModelReference;
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
    private static final Pattern FRONT = Pattern.compile("embed|wte|wpe|shared");
    private static final List<String> LAYER_KEYS = List.of("num_hidden_layers", "n_layer", "num_layers", "n_layers");
    private static final List<String> EMBEDDINGS =
            List.of("embed_tokens.weight", "wte.weight", "word_embeddings.weight", "embed_in.weight", "shared.weight");

    private final ModelReference reference;
    private final ModelDirectory directory;
    private final List<String> loose = new ArrayList<>();
    private final Map<String, Map<Integer, List<String>>> stacks = new LinkedHashMap<>();

    ModelLayout(ModelReference reference, ModelDirectory directory) {
        this.reference = reference;
        this.directory = directory;
        for (String name : directory.tensors().keySet()) {
            Matcher layer = LAYER.matcher(name);
            if (layer.find() && layer.start() > 0) {
                stacks.computeIfAbsent(name.substring(0, layer.start()), key -> new LinkedHashMap<>())
                        .computeIfAbsent(Integer.parseInt(layer.group(1)), key -> new ArrayList<>())
                        .add(name.substring(layer.end()));
            } else {
                loose.add(name);
            }
        }
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

    private void checkAgainstConfig() {
        String key = layerKey();
        if (key == null) {
            return;
        }
        int stated = directory.config().path(key).asInt(0);
        if (stacks.values().stream().noneMatch(layers -> layers.size() == stated)
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

    List<String> loose() {
        return loose;
    }

    /** What it has under that name, or instead of a head the embedding to which it is tied; null if neither. */
    @Nullable
    public TensorInfo find(String name) {
        TensorInfo info = directory.tensors().get(name);
        String tied = info == null && isHead(name) ? embedding() : null;
        return tied == null ? info : directory.tensors().get(tied);
    }

    /** How many rows the input embedding has; −1 if there is none of a known name. */
    public long embeddingRows() {
        String name = embedding();
        TensorInfo info = name == null ? null : directory.tensors().get(name);
        return info == null || info.shape().length != 2 ? -1 : info.shape()[0];
    }

    private @Nullable String embedding() {
        return loose.stream()
                .filter(name -> EMBEDDINGS.stream().anyMatch(name::endsWith))
                .findFirst()
                .orElse(null);
    }

    /** Whether a loose tensor comes before the layers, as embeddings do; all others come after them. */
    static boolean isFront(String name) {
        return FRONT.matcher(name).find() && !name.contains("embed_out");
    }

    /** Whether the rows of this tensor are tokens. */
    public static boolean hasTokenRows(String name) {
        return isHead(name)
                || name.endsWith("embed_out.weight")
                || EMBEDDINGS.stream().anyMatch(name::endsWith);
    }

    public static boolean isHead(String name) {
        return name.equals("lm_head.weight") || name.endsWith(".lm_head.weight");
    }

    /** Whether a model may lack this tensor. */
    public static boolean isOptional(String name) {
        return isHead(name) || name.endsWith("inv_freq");
    }
}
