package org.counterweight.formats.peft;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.ConfigException;
import org.counterweight.formats.AttachedAdapter;
import org.counterweight.formats.Format;
import org.counterweight.formats.Summary;
import org.counterweight.formats.TrainedAdapter;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.formats.peft.config.Places;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.TensorInfo;
import tools.jackson.databind.node.ObjectNode;

/**
 * PEFT's directories, as PEFT 0.21 reads and writes them.
 *
 * @param legacy whether Bone is written as PEFT did until 0.18; read are both
 */
public record PeftFormat(boolean legacy) implements Format {
    /** The head that is saved whole with an adapter that predicts classes, by PEFT's layouts old and new. */
    private static final Pattern HEAD =
            Pattern.compile("base_model\\.(model\\.)?(classifier|score)(\\.modules_to_save(\\.default)?)?\\.weight");

    /** What is said about the settings. */
    private static final List<String> SETTINGS = List.of(
            "lora_alpha",
            "alpha",
            "lora_dropout",
            "target_r",
            "init_r",
            "mini_r",
            "bias",
            "num_virtual_tokens",
            "feedforward_modules",
            "projection_prng_key");

    /** Whatever has such settings and is no other form's: what is amiss is said when it is read. */
    @Override
    public boolean isAt(Path directory) {
        return Files.exists(directory.resolve(CONFIG));
    }

    @Override
    public Path weights(Path directory) {
        Path file = directory.resolve(PeftAdapter.FILE);
        return Files.exists(file) ? file : directory;
    }

    @Override
    public void check(Attachment settings) {
        PeftWriter.check(ofWeights(settings), legacy);
    }

    @Override
    public void check(Attachment settings, Model model, List<String> modules) {
        Places.check(ofWeights(settings), model, modules);
    }

    private static AdapterConfig ofWeights(Attachment settings) {
        if (settings instanceof AdapterConfig config) {
            return config;
        }
        throw new ConfigException("PEFT's adapters stand at single weights; it has neither taps nor freed weights");
    }

    @Override
    public void write(Path directory, TrainedAdapter adapter) {
        new PeftWriter(
                        ofWeights(adapter.settings()),
                        adapter.modules(),
                        adapter.base(),
                        adapter.task(),
                        adapter.heads(),
                        legacy,
                        PeftNames.of(adapter.modelConfig().path("model_type").asString("")))
                .write(directory, adapter.params(), adapter.metadata());
        adapter.writeModelConfig(directory);
    }

    @Override
    public AttachedAdapter read(Path directory, Model model, ObjectNode config, Params base) {
        if (PrefixTuning.isAt(directory)) {
            PrefixTuning prefix = PrefixTuning.read(directory, model, base.weights());
            return new AttachedAdapter(prefix.attach(base), prefix.warnings());
        }
        PeftAdapter adapter =
                PeftAdapter.read(directory, model, config.path("model_type").asString(""), base.weights());
        return new AttachedAdapter(adapter.attach(base), adapter.warnings());
    }

    @Override
    public Summary summary(ObjectNode settings, Collection<TensorInfo> tensors) {
        var kind = new ArrayList<String>();
        if (settings.path("use_dora").asBoolean(false)) {
            kind.add("DoRA");
        }
        if (settings.path("use_rslora").asBoolean(false)) {
            kind.add("rank-stabilized");
        }
        for (String start : List.of("init_lora_weights", "init_weights")) {
            if (settings.path(start).isString()) {
                kind.add(settings.path(start).asString());
            }
        }
        Summary summary = Summary.of("PEFT " + settings.path("peft_type").asString()
                + (kind.isEmpty() ? "" : ", " + String.join(", ", kind)));
        if (settings.path(PeftConfig.TASK).isString()) {
            summary = summary.with("task", settings.path(PeftConfig.TASK).asString());
        }
        Optional<TensorInfo> head = tensors.stream()
                .filter(tensor -> HEAD.matcher(tensor.name()).matches())
                .findFirst();
        if (head.isPresent()) {
            summary = summary.with("classes", "" + head.get().shape()[0]);
        }
        return summary.withSettings(settings, SETTINGS).withTargets(settings);
    }
}
