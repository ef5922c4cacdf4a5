package org.counterweight.formats.peft.config;

import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The {@code adapter_config.json} of low-rank differences that no training of ours made, each of a rank of its own. */
public final class PlainLora {
    private PlainLora() {}

    /**
     * The scale of each module is 1.
     *
     * @param base what to say about the base: a name or path
     * @param task PEFT's name of the task, or null
     * @param ranks by full name of a module, at least 1
     * @param whole full names of modules that are stored whole
     * @param isTransposed whether the modules are GPT-2's, whose weights are stored the other way round
     */
    public static String config(
            String base, @Nullable String task, Map<String, Integer> ranks, List<String> whole, boolean isTransposed) {
        ObjectNode tree = PeftDefaults.of(PeftType.LORA);
        int most = ranks.values().stream().mapToInt(Integer::intValue).max().orElse(1);
        tree.put("peft_type", PeftType.LORA.name());
        tree.put("base_model_name_or_path", base);
        tree.put("task_type", task);
        tree.put("r", most).put("lora_alpha", most).put("fan_in_fan_out", isTransposed);
        var targets = tree.putArray("target_modules");
        ObjectNode rankPattern = tree.putObject("rank_pattern");
        ObjectNode alphaPattern = tree.putObject("alpha_pattern");
        ranks.forEach((module, rank) -> {
            targets.add(module);
            if (rank != most) {
                rankPattern.put(module, rank);
                alphaPattern.put(module, rank);
            }
        });
        if (!whole.isEmpty()) {
            var saved = tree.putArray("modules_to_save");
            whole.forEach(saved::add);
        }
        return Configs.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n";
    }
}
