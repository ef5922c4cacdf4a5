package org.counterweight.formats.adapterhub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.compacter.BottleneckConfig;
import org.counterweight.adapt.compacter.CompacterConfig;
import org.counterweight.adapt.compacter.Placement;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The inner {@code config} of an AdapterHub adapter, and the settings of ours that do the same. */
final class AdapterHubConfig {
    /** What our adapters do in one way only, with AdapterHub's names for that way. */
    private static final Map<String, String> FIXED = fixed();

    /** Keys that say how weights are drawn or dropped in training, and nothing of a trained adapter. */
    private static final List<String> OF_TRAINING = List.of(
            "init_weights",
            "init_weights_seed",
            "dropout",
            "stochastic_depth",
            "phm_c_init",
            "phm_init_range",
            "learn_phm",
            "hypercomplex_nonlinearity",
            "inv_adapter_reduction_factor",
            "architecture");

    private static final List<String> READ = List.of(
            "mh_adapter",
            "output_adapter",
            "original_ln_before",
            "reduction_factor",
            "non_linearity",
            "ln_before",
            "ln_after",
            "leave_out",
            "phm_layer",
            "phm_dim",
            "phm_rank",
            "phm_bias",
            "factorized_phm_W",
            "shared_W_phm",
            "shared_phm_rule",
            "factorized_phm_rule");

    private AdapterHubConfig() {}

    private static Map<String, String> fixed() {
        var fixed = new LinkedHashMap<String, String>();
        fixed.put("cross_adapter", "false");
        fixed.put("original_ln_after", "true");
        fixed.put("residual_before_ln", "true");
        fixed.put("adapter_residual_before_ln", "false");
        fixed.put("is_parallel", "false");
        fixed.put("scaling", "1.0");
        fixed.put("use_gating", "false");
        fixed.put("inv_adapter", "null");
        return fixed;
    }

    /**
     * The settings that act as these do.
     *
     * @param origin stands in messages
     * @param layers how many layers the model has
     * @throws ConfigException if ours have no such form; it names the key
     */
    static Attachment read(ObjectNode config, String origin, int layers) {
        FIXED.forEach((key, value) -> {
            JsonNode given = config.path(key);
            boolean same = given.isMissingNode()
                    || (given.isNumber()
                            ? given.asDouble() == 1
                            : given.toString().equals(value));
            if (!same) {
                throw new ConfigException(
                        origin + ": config." + key, given, value + "; no other form is supported here");
            }
        });
        for (String key : new TreeSet<>(config.propertyNames())) {
            if (!FIXED.containsKey(key) && !OF_TRAINING.contains(key) && !READ.contains(key)) {
                throw new ConfigException(Configs.unknown(
                        origin + ": config." + key, key, READ.stream().sorted().toList()));
            }
        }
        ObjectNode ours = Configs.JSON.createObjectNode();
        ours.put("placement", placement(config, origin));
        ours.set("reduction_factor", config.path("reduction_factor"));
        if (!config.path("reduction_factor").isNumber()
                || config.path("reduction_factor").asDouble()
                        != config.path("reduction_factor").asInt()) {
            throw new ConfigException(
                    origin + ": config.reduction_factor",
                    config.path("reduction_factor"),
                    "one integer for all layers");
        }
        ours.put("reduction_factor", config.path("reduction_factor").asInt());
        ours.put("non_linearity", config.path("non_linearity").asString("relu"));
        ours.put("unfreeze_layer_norms", false);
        if (!config.path("leave_out").isEmpty()) {
            var left = ours.putArray("layers");
            var out = new ArrayList<Integer>();
            config.path("leave_out").forEach(layer -> out.add(layer.asInt()));
            for (int layer = 0; layer < layers; layer++) {
                if (!out.contains(layer)) {
                    left.add(layer);
                }
            }
        }
        if (!config.path("phm_layer").asBoolean(false)) {
            if (config.path("ln_before").asBoolean(false)
                    || config.path("ln_after").asBoolean(false)) {
                throw new ConfigException(
                        origin + ": config.ln_before and ln_after go with phm_layer here; a plain bottleneck has none");
            }
            return Configs.bind(ours, BottleneckConfig.class, origin + ": config");
        }
        ours.set("phm_dim", config.path("phm_dim"));
        ours.put("phm_rank", config.path("phm_rank").asInt(1));
        ours.put("phm_bias", config.path("phm_bias").asBoolean(true));
        ours.put("ln_before", config.path("ln_before").asBoolean(false));
        ours.put("ln_after", config.path("ln_after").asBoolean(false));
        ours.put("factorized_phm_w", config.path("factorized_phm_W").asBoolean(true));
        ours.put("shared_phm_w", config.path("shared_W_phm").asBoolean(false));
        ours.put("shared_phm_rule", config.path("shared_phm_rule").asBoolean(true));
        ours.put("factorized_phm_rule", config.path("factorized_phm_rule").asBoolean(false));
        return Configs.bind(ours, CompacterConfig.class, origin + ": config");
    }

    private static String placement(ObjectNode config, String origin) {
        boolean attention = config.path("mh_adapter").asBoolean(false);
        boolean feedForward = config.path("output_adapter").asBoolean(false);
        boolean normedTwice = config.path("original_ln_before").asBoolean(false);
        if (!attention && !feedForward) {
            throw new ConfigException(
                    origin + ": config.mh_adapter and output_adapter are both false; there is no adapter");
        }
        if (normedTwice) {
            if (attention) {
                throw new ConfigException(
                        origin + ": config.original_ln_before: true goes with output_adapter alone here (seq_bn)");
            }
            return "seq_bn";
        }
        return attention && feedForward ? "double" : attention ? "attention" : "feed_forward";
    }

    /**
     * AdapterHub's config of these settings.
     *
     * @param layers how many layers the model has
     * @throws ConfigException if it has no such form
     */
    static ObjectNode write(Attachment settings, int layers) {
        ObjectNode config = Configs.JSON.createObjectNode();
        FIXED.forEach((key, value) -> config.set(key, Configs.JSON.readTree(value)));
        config.put("dropout", 0.0);
        config.put("init_weights", "bert");
        if (settings instanceof CompacterConfig compacter) {
            common(config, compacter.placement(), compacter.reductionFactor(), compacter.nonLinearity());
            leftOut(config, compacter.layers(), layers);
            frozenNorms("compacter", compacter.unfreezeLayerNorms());
            config.put("ln_before", compacter.lnBefore());
            config.put("ln_after", compacter.lnAfter());
            config.put("phm_layer", true);
            config.put("phm_dim", compacter.phmDim());
            config.put("phm_rank", compacter.phmRank());
            config.put("phm_bias", compacter.phmBias());
            config.put("factorized_phm_W", compacter.factorizedPhmW());
            config.put("shared_W_phm", compacter.sharedPhmW());
            config.put("shared_phm_rule", compacter.sharedPhmRule());
            config.put("factorized_phm_rule", compacter.factorizedPhmRule());
            config.put("learn_phm", compacter.learnPhm());
            config.put("phm_c_init", compacter.phmRuleInit());
            config.put("phm_init_range", compacter.phmInitRange());
            config.put(
                    "hypercomplex_nonlinearity",
                    compacter
                            .hypercomplexNonlinearity()
                            .name()
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '-'));
            return config;
        }
        if (settings instanceof BottleneckConfig bottleneck) {
            if (bottleneck.rank() != 0) {
                throw new ConfigException(
                        "bottleneck.rank", bottleneck.rank(), "0: AdapterHub has no low-rank bottleneck");
            }
            common(config, bottleneck.placement(), bottleneck.reductionFactor(), bottleneck.nonLinearity());
            leftOut(config, bottleneck.layers(), layers);
            frozenNorms("bottleneck", bottleneck.unfreezeLayerNorms());
            config.put("ln_before", false);
            config.put("ln_after", false);
            config.put("phm_layer", false);
            return config;
        }
        throw new ConfigException("AdapterHub's bottleneck format holds compacter and bottleneck alone");
    }

    private static void common(ObjectNode config, Placement placement, int factor, String activation) {
        boolean attention = placement == Placement.DOUBLE || placement == Placement.ATTENTION;
        config.put("mh_adapter", attention);
        config.put("output_adapter", placement != Placement.ATTENTION);
        config.put("original_ln_before", placement == Placement.SEQ_BN);
        config.put("reduction_factor", factor);
        config.put("non_linearity", activation);
    }

    private static void leftOut(ObjectNode config, List<Integer> kept, int layers) {
        var out = config.putArray("leave_out");
        for (int layer = 0; layer < layers; layer++) {
            if (!kept.isEmpty() && !kept.contains(layer)) {
                out.add(layer);
            }
        }
    }

    private static void frozenNorms(String of, boolean unfrozen) {
        if (unfrozen) {
            throw new ConfigException(
                    of + ".unfreeze_layer_norms",
                    true,
                    "false: an AdapterHub directory does not hold the model's own normalisations");
        }
    }
}
