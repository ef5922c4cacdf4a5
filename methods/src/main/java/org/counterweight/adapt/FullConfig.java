package org.counterweight.adapt;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Generator;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/** Full fine-tuning, of the whole model or of some of its modules. */
public record FullConfig(
        @Setting(
                value = "Names, or dotted endings of names, of the modules to train; empty for all of the model",
                defaultsTo = "[]")
        List<String> targets)
        implements Attachment {

    public FullConfig {
        targets = List.copyOf(targets);
    }

    @Override
    public void check(Model model) {
        Unfrozen.check(
                "full.targets",
                targets,
                model.shapes().keySet().stream()
                        .map(name -> name.replaceFirst("\\.[^.]*$", ""))
                        .toList());
    }

    @Override
    public Params attach(Model model, Params params, Generator random) {
        Set<String> buffers = model.modules().buffers(); // the data moves them
        Params freed = Unfrozen.where(
                params,
                name -> Objects.requireNonNull(params.weights().get(name)).is_floating_point()
                        && !buffers.contains(name)
                        && (targets.isEmpty() || isTarget(name.replaceFirst("\\.[^.]*$", ""), targets)));
        if (freed == params) {
            throw new ConfigException("full.targets", targets, "names of modules of this model, such as \"query\"");
        }
        return freed;
    }

    /** Whether a module is meant by one of these names: its own, or the end of it from a dot on. */
    static boolean isTarget(String module, List<String> targets) {
        return targets.stream().anyMatch(target -> module.equals(target) || module.endsWith("." + target));
    }
}
