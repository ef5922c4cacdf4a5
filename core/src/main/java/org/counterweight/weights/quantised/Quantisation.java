package org.counterweight.weights.quantised;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * That a model's weights are codes of few bits, with scales and tables beside them, rather than the weights themselves. To
 * compute with the codes as if they were weights gives garbage of the right shapes.
 *
 * @param kind the method, such as {@code bitsandbytes NF4}, or what is known of it
 * @param seen what shows it: a setting of the config, or a tensor
 * @param byConfigAlone whether no tensor shows it
 */
public record Quantisation(String kind, String seen, boolean byConfigAlone) {
    /** Where a config tells of it; MLX has the last. */
    private static final List<String> KEYS = List.of("quantization_config", "compression_config", "quantization");

    private static final String UNNAMED = "a method without a name";

    /** Weights that are stored under a name of their own; whole ones never are integers. */
    private static final Pattern MATRIX = Pattern.compile(".*(?:[._]weight|\\.W_q|_proj)");

    /** What each method leaves beside, or in place of, a weight; the more telling come first. */
    private static final List<Mark> MARKS = List.of(
            new Mark("bitsandbytes NF4", ".quant_state.bitsandbytes__nf4", null),
            new Mark("bitsandbytes FP4", ".quant_state.bitsandbytes__fp4", null),
            new Mark("bitsandbytes, 4 bits", ".absmax", ".quant_map"),
            new Mark("bitsandbytes INT8", ".SCB", null),
            new Mark("bitsandbytes INT8", ".weight_format", null),
            new Mark("GPTQ", ".qweight", ".g_idx"),
            new Mark("FP-Quant", ".qweight", ".forward_hadamard_matrix"),
            new Mark("AWQ or GPTQ", ".qweight", ".qzeros"),
            new Mark("packed integers, as GPTQ's and AWQ's", ".qweight", null),
            new Mark("FP-Quant", ".dqweight", null),
            new Mark("HQQ", ".W_q", ".scale"),
            new Mark("HQQ", ".W_q", ".zero"),
            new Mark("AQLM", ".codes", ".codebooks"),
            new Mark("VPTQ", ".indices", ".centroids.weight"),
            new Mark("SpQR", ".dense_weights", ".row_offsets"),
            new Mark("block FP8", "_scale_inv", ""),
            new Mark("block FP8", ".weight_scale_inv", null),
            new Mark("NVFP4", ".weight_scale_2", ".weight"),
            new Mark("compressed-tensors", ".weight_packed", null),
            new Mark("compressed-tensors, sparse", ".bitmask", ".compressed"),
            new Mark("MXFP4", "_blocks", "_scales"),
            new Mark("EETQ", ".weight_scales", ".weight"),
            new Mark("quanto", "._data._data", null),
            new Mark("quanto", "._data", "._scale"),
            new Mark("torchao", "_qdata", null),
            new Mark("torchao", ":qdata", null));

    /**
     * The name of a tensor that tells a method.
     *
     * @param ending of the name
     * @param beside another ending, which the same name must also have to be sure; null if the first is enough
     */
    private record Mark(
            String kind, String ending, @Nullable String beside) {
        boolean isOn(String name, Map<String, TensorInfo> tensors) {
            return name.endsWith(ending)
                    && (beside == null
                            || tensors.containsKey(name.substring(0, name.length() - ending.length()) + beside));
        }
    }

    /** What the config and the tensors of a model show; empty if its weights are whole. */
    public static Optional<Quantisation> of(ModelDirectory model) {
        Quantisation stored = byTensors(model.tensors());
        Quantisation told = model.hasConfig() ? byConfig(model.config(), "") : null;
        if (stored == null || told == null) {
            return Optional.ofNullable(stored == null ? told : stored);
        }
        return Optional.of(new Quantisation(told.kind.equals(UNNAMED) ? stored.kind : told.kind, told.seen, false));
    }

    /**
     * Refuses a model whose weights cannot be computed with.
     *
     * @throws WeightsException with the directory, the method, what shows it, and what to do
     */
    public static void refuse(ModelDirectory model) {
        refuse(
                model,
                "dequantise it with transformers first (block FP8 and bitsandbytes' 4 bits: cw merge RECIPE OUT"
                        + " --dequantize, with {merge_method: passthrough, models: [{model: "
                        + model.path().getFileName() + "}]} as the recipe)");
    }

    /**
     * The same with another way out.
     *
     * @param remedy what can be done but to take the whole model: {@code let --dequantize widen it}
     */
    public static void refuse(ModelDirectory model, String remedy) {
        of(model).ifPresent(found -> {
            throw new WeightsException(
                    model.path(),
                    "is quantised (" + found.kind + ", as " + found.seen
                            + " shows), and only whole weights can be computed with; take the model that it was made"
                            + " from, or " + remedy
                            + (found.byConfigAlone
                                    ? "; if its weights are whole already, take that out of config.json"
                                    : ""));
        });
    }

    /** Takes out of a config what it says of codes, at the top and in its parts: for weights that are whole now. */
    public static void forget(ObjectNode config) {
        for (String key : List.copyOf(config.propertyNames())) {
            if (config.get(key) instanceof ObjectNode inner) {
                if (KEYS.contains(key) && told(inner, key) != null) {
                    config.remove(key);
                } else {
                    forget(inner);
                }
            }
        }
    }

    private static @Nullable Quantisation byTensors(Map<String, TensorInfo> tensors) {
        for (Mark mark : MARKS) {
            for (String name : tensors.keySet()) {
                if (mark.isOn(name, tensors)) {
                    return new Quantisation(mark.kind, name, false);
                }
            }
        }
        for (TensorInfo info : tensors.values()) {
            boolean isFloating = info.dtype().isFloating();
            if (isFloating ? info.dtype().bytes() == 1 : isMatrixOfCodes(info)) {
                return new Quantisation(
                        (isFloating ? "8-bit floats, " : "integers, ") + info.dtype(), info.name(), false);
            }
        }
        return null;
    }

    /** Masks, positions and counters are integers too: they are no weights, and of other names or of one dimension. */
    private static boolean isMatrixOfCodes(TensorInfo info) {
        return switch (info.dtype()) {
            case U8, I8, I16, U16, I32, U32, I64, U64 ->
                info.shape().length > 1 && MATRIX.matcher(info.name()).matches();
            default -> false;
        };
    }

    /** At the top of a config, or in one of its parts, as {@code text_config}. */
    private static @Nullable Quantisation byConfig(ObjectNode config, String path) {
        for (var entry : config.properties()) {
            if (!(entry.getValue() instanceof ObjectNode inner)) {
                continue;
            }
            String key = path + entry.getKey();
            Quantisation found = KEYS.contains(entry.getKey()) ? told(inner, key) : byConfig(inner, key + ".");
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable Quantisation told(ObjectNode settings, String key) {
        boolean isTold = settings.properties().stream()
                .anyMatch(setting ->
                        !setting.getValue().isNull() && !setting.getKey().startsWith("_"));
        boolean isOther = key.endsWith("quantization") && !settings.has("bits"); // of sound, or of a layer of the model
        if (!isTold || isOther || isSwitchedOff(settings)) {
            return null;
        }
        JsonNode method = settings.path("quant_method");
        boolean isBitsAndBytes = settings.has("load_in_4bit") || settings.has("load_in_8bit");
        String kind = method.isString() ? method.asString() : isBitsAndBytes ? "bitsandbytes" : UNNAMED;
        JsonNode type = settings.path("bnb_4bit_quant_type");
        boolean isTyped = settings.path("load_in_4bit").asBoolean(false) && type.isString();
        return new Quantisation(isTyped ? kind + " " + type.asString() : kind, key + " in config.json", true);
    }

    /** bitsandbytes writes its settings also for a model that it left alone. */
    private static boolean isSwitchedOff(ObjectNode settings) {
        List<JsonNode> switches = List.of(settings.path("load_in_4bit"), settings.path("load_in_8bit"));
        return switches.stream().anyMatch(JsonNode::isBoolean)
                && switches.stream().noneMatch(node -> node.asBoolean(false));
    }
}
