package org.counterweight.jobs.model.adapter;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.counterweight.formats.peft.PrefixTuning;
import org.counterweight.weights.TensorInfo;

/** What an adapter's directory says about the adapter, from its settings and the headers of its tensors, in a few lines. */
public final class AdapterSummary {
    /** The tensors of one module, by what stands before them; the dimension that is the rank is the lesser. */
    private static final Pattern PART =
            Pattern.compile("^(?:base_model\\.model\\.)?(.+?)\\.(lora_A|lora_B|lora_E|lora_embedding_A|lora_embedding_B"
                    + "|lora_magnitude_vector|miss_block|bone_block|sorsa_[ABS]|adapter_(?:down|up|norm_after)|bora_\\w+"
                    + "|magnitude\\w*|ia3_l|vera_lambda_[bd]|hada_\\w+|lokr_\\w+"
                    + "|token_adapter\\.trainable_tokens_delta)\\b.*$");

    /** What all modules of an adapter share. */
    private static final Set<String> SHARED = Set.of(PrefixTuning.TABLE, "base_model.vera_A", "base_model.vera_B");

    private AdapterSummary() {}

    /** Kind, rank, targets, parameters, base: what is known of them. */
    public static Map<String, String> of(AdapterDirectory directory, Collection<TensorInfo> tensors) {
        var summary = new LinkedHashMap<>(
                directory.format().summary(directory.config(), tensors).lines());
        modules(summary, tensors);
        summary.put("base", directory.base().orElse("not said"));
        return summary;
    }

    /** Where it stands, of which ranks, and how many numbers it has: by the tensors that are there, not by the settings. */
    private static void modules(Map<String, String> summary, Collection<TensorInfo> tensors) {
        var kinds = new TreeMap<String, TreeSet<String>>();
        var ranks = new TreeSet<Long>();
        long own = 0;
        long whole = 0;
        for (TensorInfo tensor : tensors) {
            Matcher part = PART.matcher(tensor.name());
            boolean shared = tensor.name().contains("shared_parameters.") || SHARED.contains(tensor.name());
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
                    || part.group(2).equals("hada_w1_b")
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
