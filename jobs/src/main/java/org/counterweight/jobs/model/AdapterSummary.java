package org.counterweight.jobs.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.counterweight.weights.TensorInfo;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an adapter's directory says of the adapter, from its settings and the headers of its tensors, in a few lines. */
public final class AdapterSummary {
    /** The tensors of one module, by what stands before them; the dimension that is the rank is the lesser. */
    private static final Pattern PART =
            Pattern.compile("^(?:base_model\\.model\\.)?(.+?)\\.(lora_A|lora_B|lora_E|lora_embedding_A|lora_embedding_B"
                    + "|lora_magnitude_vector|miss_block|bone_block|sorsa_[ABS]|adapter_(?:down|up|norm_after)|bora_\\w+"
                    + "|magnitude\\w*)\\b.*$");

    /** The head that PEFT saves whole with an adapter that tells classes, by its layouts old and new. */
    private static final Pattern HEAD =
            Pattern.compile("base_model\\.model\\.(classifier|score)(\\.modules_to_save(\\.default)?)?\\.weight");

    private AdapterSummary() {}

    /** Kind, rank, targets, parameters, base: what is known of them. */
    public static Map<String, String> of(AdapterDirectory directory, Collection<TensorInfo> tensors) {
        ObjectNode config = directory.config();
        var summary = new LinkedHashMap<String, String>();
        switch (directory.format()) {
            case SORSA -> sorsa(summary, config);
            case ADAPTERHUB -> adapterHub(summary, config);
            case OWN -> own(summary, config);
            case AUTO, PEFT, BONE -> peft(summary, config, tensors);
        }
        modules(summary, tensors);
        summary.put("base", directory.base().orElse("not said"));
        return summary;
    }

    private static void sorsa(Map<String, String> summary, ObjectNode config) {
        summary.put("kind", "SORSA, as its package writes it");
        settings(summary, config, List.of("rank", "alpha", "dropout"));
        targets(summary, config);
    }

    private static void adapterHub(Map<String, String> summary, ObjectNode config) {
        ObjectNode inner = (ObjectNode) config.path("config");
        boolean compacter = inner.path("phm_layer").asBoolean(false);
        summary.put("kind", (compacter ? "Compacter" : "bottleneck") + ", as AdapterHub writes it");
        settings(summary, inner, List.of("reduction_factor", "phm_dim", "phm_rank", "non_linearity"));
    }

    private static void own(Map<String, String> summary, ObjectNode config) {
        ObjectNode own = config.path("adapter") instanceof ObjectNode settings ? settings : config;
        summary.put("kind", own.path("method").asString("unknown") + ", in our own form");
        own.properties().stream()
                .filter(entry ->
                        !entry.getKey().equals("method") && !entry.getKey().equals("targets"))
                .map(entry -> entry.getKey() + " "
                        + entry.getValue().asString(entry.getValue().toString()))
                .reduce((a, b) -> a + ", " + b)
                .ifPresent(all -> summary.put("settings", all));
    }

    private static void peft(Map<String, String> summary, ObjectNode config, Collection<TensorInfo> tensors) {
        String type = config.path("peft_type").asString();
        var kind = new ArrayList<String>();
        if (config.path("use_dora").asBoolean(false)) {
            kind.add("DoRA");
        }
        if (config.path("use_rslora").asBoolean(false)) {
            kind.add("rank-stabilized");
        }
        for (String start : List.of("init_lora_weights", "init_weights")) {
            if (config.path(start).isString()) {
                kind.add(config.path(start).asString());
            }
        }
        summary.put("kind", "PEFT " + type + (kind.isEmpty() ? "" : ", " + String.join(", ", kind)));
        if (config.path("task_type").isString()) {
            summary.put("task", config.path("task_type").asString());
        }
        tensors.stream()
                .filter(tensor -> HEAD.matcher(tensor.name()).matches())
                .findFirst()
                .ifPresent(head -> summary.put("classes", "" + head.shape()[0]));
        settings(summary, config, List.of("lora_alpha", "lora_dropout", "target_r", "init_r", "mini_r", "bias"));
        targets(summary, config);
    }

    private static void targets(Map<String, String> summary, ObjectNode config) {
        JsonNode targets = config.path("target_modules");
        if (!targets.isMissingNode() && !targets.isNull()) {
            summary.put(
                    "targets",
                    targets.isArray()
                            ? targets.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
                            : targets.asString());
        }
    }

    private static void settings(Map<String, String> summary, ObjectNode config, List<String> keys) {
        String all = keys.stream()
                .filter(config::hasNonNull)
                .map(key -> key + " " + config.get(key).asString(config.get(key).toString()))
                .collect(Collectors.joining(", "));
        if (!all.isEmpty()) {
            summary.put("settings", all);
        }
    }

    /** Where it stands, of which ranks, and how many numbers it has: by the tensors that are there, not by the settings. */
    private static void modules(Map<String, String> summary, Collection<TensorInfo> tensors) {
        var kinds = new TreeMap<String, TreeSet<String>>();
        var ranks = new TreeSet<Long>();
        long own = 0;
        long whole = 0;
        for (TensorInfo tensor : tensors) {
            Matcher part = PART.matcher(tensor.name());
            boolean shared = tensor.name().contains("shared_parameters.");
            if (!part.matches()) {
                own += shared ? tensor.elements() : 0;
                whole += shared ? 0 : tensor.elements();
                continue;
            }
            own += tensor.elements();
            String module = part.group(1).replaceFirst("\\.adapters\\.[^.]+$", "");
            kinds.computeIfAbsent(module.replaceFirst("^.*\\.\\d+\\.", ""), key -> new TreeSet<>())
                    .add(module);
            if (part.group(2).equals("lora_A")
                    || part.group(2).equals("sorsa_A")
                    || part.group(2).endsWith("_block")) {
                long[] shape = tensor.shape();
                ranks.add(shape[shape.length == 3 ? 1 : 0]);
            }
        }
        if (!ranks.isEmpty()) {
            summary.put(
                    "rank",
                    ranks.first().equals(ranks.last()) ? "" + ranks.first() : ranks.first() + " to " + ranks.last());
        }
        if (!kinds.isEmpty()) {
            summary.put(
                    "modules",
                    kinds.values().stream().mapToInt(TreeSet::size).sum() + ": "
                            + kinds.entrySet().stream()
                                    .map(entry -> entry.getKey() + " "
                                            + entry.getValue().size())
                                    .collect(Collectors.joining(", ")));
        }
        summary.put(
                "parameters",
                String.format(Locale.ROOT, "%,d", own)
                        + (whole == 0
                                ? ""
                                : String.format(Locale.ROOT, ", and %,d of the model's own saved whole", whole)));
    }
}
