package org.counterweight.formats.peft.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.adapt.TargetRules;
import org.counterweight.adapt.Targets;
import org.counterweight.model.Model;
import org.counterweight.model.module.ModuleSpec;

/**
 * How the modules of a model are called in PEFT's files where the model's own files call them otherwise. PEFT takes the names
 * that modules have in memory: image transformers and GPT-NeoX's head have others there since transformers 5, and keep the
 * old ones in files.
 *
 * @param changes from the names in the model's files, each a pattern with what takes its place
 */
public record PeftNames(List<Change> changes) {
    /** One change and its way back. */
    public record Change(Pattern there, String thence, Pattern back, String hence) {
        /** Of a part of a name between dots; {@code #} stands for a number that is kept. */
        static Change of(String file, String memory) {
            return new Change(pattern(file), replacement(memory), pattern(memory), replacement(file));
        }

        private static Pattern pattern(String part) {
            return Pattern.compile("(^|\\.)" + part.replace(".", "\\.").replace("#", "(\\d+)") + "(?=\\.|$)");
        }

        private static String replacement(String part) {
            return "$1" + part.replace("#", "$2");
        }
    }

    /** Where both are called alike: nearly everywhere. */
    public static final PeftNames ALIKE = new PeftNames(List.of());

    private static final List<Change> ATTENTION = List.of(
            Change.of("attention.attention.query", "attention.q_proj"),
            Change.of("attention.attention.key", "attention.k_proj"),
            Change.of("attention.attention.value", "attention.v_proj"),
            Change.of("attention.output.dense", "attention.o_proj"));

    public PeftNames {
        changes = List.copyOf(changes);
    }

    /** @param modelType the base's {@code model_type} */
    public static PeftNames of(String modelType) {
        return switch (modelType) {
            case "vit", "deit" -> {
                var all = new ArrayList<>(ATTENTION);
                all.add(Change.of("encoder.layer.#.intermediate.dense", "layers.#.mlp.fc1"));
                all.add(Change.of("encoder.layer.#.output.dense", "layers.#.mlp.fc2"));
                all.add(Change.of("encoder.layer.#", "layers.#"));
                yield new PeftNames(all);
            }
            case "dinov2" -> {
                var all = new ArrayList<>(ATTENTION);
                all.add(Change.of("mlp.weights_out", "mlp.down_proj"));
                yield new PeftNames(all);
            }
            case "gpt_neox" -> new PeftNames(List.of(Change.of("embed_out", "lm_head")));
            default -> ALIKE;
        };
    }

    /** The name of a module, or of a tensor in one, as PEFT has it. */
    public String inMemory(String name) {
        String changed = name;
        for (Change change : changes) {
            changed = change.there().matcher(changed).replaceFirst(change.thence());
        }
        return changed;
    }

    /** The way back; a name that is the file's already stays, as files of PEFT beside older transformers have it. */
    public String inFiles(String name) {
        String changed = name;
        for (Change change : changes) {
            changed = change.back().matcher(changed).replaceFirst(change.hence());
        }
        return changed;
    }

    /** Rules that match modules by either of their names. */
    public TargetRules either(TargetRules rules, Model model) {
        boolean isAll = rules.targets().entries().stream().anyMatch(Targets.ALL_LINEAR::equalsIgnoreCase);
        if (changes.isEmpty() || isAll) {
            return rules;
        }
        List<String> matched = model.modules().all().stream()
                .map(ModuleSpec::name)
                .filter(module -> rules.adapts(module) || rules.adapts(inMemory(module)))
                .toList();
        return matched.isEmpty() ? rules : TargetRules.of(matched);
    }
}
