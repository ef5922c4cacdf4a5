package org.counterweight.formats.peft.config;

import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.adalora.AdaLoraConfig;
import org.counterweight.adapt.bone.BoneConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Model;

/** Where PEFT's adapters cannot stand though ours do: there a file would be opened without a word and answer otherwise. */
public final class Places {
    /** DINOv2's gated feed-forward part has one module in files of what are two in memory. */
    private static final String JOINED = ".mlp.weights_in";

    private static final String EXPERTS = ".experts.";
    private static final String ROUTER = ".gate"; // chooses the experts of a token
    private static final Pattern LIKE_EXPERTS = Pattern.compile(".*\\.mlp\\.(gate|up|down)_proj");

    private Places() {}

    /** @throws ConfigException if PEFT has no adapter of that kind at one of the modules; it names the module */
    public static void check(AdapterConfig settings, Model model, List<String> modules) {
        boolean isOfExperts = model.modules().linears().stream().anyMatch(module -> module.contains(EXPERTS));
        boolean isLora = settings.fitsLora() && !(settings instanceof AdaLoraConfig); // which is written as itself
        for (String module : modules) {
            if (settings instanceof BoneConfig && model.modules().isTransposed(module)) {
                throw new ConfigException(
                        module + " is stored transposed (Conv1D), and PEFT's Bone stands at torch.nn.Linear alone");
            }
            if (module.endsWith(JOINED)) {
                throw refusal(module, "is two modules, gate_proj and up_proj, where transformers reads it");
            }
            if (module.contains(EXPERTS) && !isLora) {
                throw refusal(
                        module, "is a part of one tensor where transformers reads it, at which PEFT has LoRA alone");
            }
            if (isOfExperts && module.endsWith(ROUTER) && !isLora) {
                throw refusal(
                        module, "is no torch.nn.Linear where transformers reads it, and PEFT has LoRA alone there");
            }
            if (isOfExperts && LIKE_EXPERTS.matcher(module).matches()) {
                throw refusal(module, "has a name that PEFT takes for that of experts");
            }
        }
    }

    private static ConfigException refusal(String module, String why) {
        return new ConfigException(
                module + " " + why + ", so no such adapter of PEFT's stands there; leave it out of the"
                        + " targets, or write another adapter_format");
    }
}
