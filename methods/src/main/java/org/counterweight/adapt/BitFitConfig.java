package org.counterweight.adapt;

import java.util.List;
import org.bytedeco.pytorch.Generator;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/**
 * BitFit: the bias vectors are trained and nothing else. E. Ben Zaken, Y. Goldberg and S. Ravfogel, "BitFit: Simple
 * Parameter-efficient Fine-tuning for Transformer-based Masked Language-models", ACL 2022.
 */
public record BitFitConfig(
        @Setting(
                value = "Names, or dotted endings of names, of the modules whose bias is trained; empty for all",
                defaultsTo = "[]")
        List<String> targets)
        implements Attachment {

    public BitFitConfig {
        targets = List.copyOf(targets);
    }

    @Override
    public List<String> check(Model model, List<String> trainedWhole) {
        List<String> biased = model.shapes().keySet().stream()
                .filter(name -> name.endsWith(".bias"))
                .map(name -> name.substring(0, name.length() - 5))
                .toList();
        Unfrozen.check("bitfit.targets", targets, biased);
        return Attachment.super.check(model, trainedWhole);
    }

    @Override
    public Params attach(Model model, Params params, Generator random) {
        Params freed = Unfrozen.where(
                params,
                name -> name.endsWith(".bias")
                        && (targets.isEmpty() || FullConfig.isTarget(name.substring(0, name.length() - 5), targets)));
        if (freed == params) {
            throw new ConfigException("bitfit.targets", targets, "modules that have a bias; this model has none there");
        }
        return freed;
    }
}
