package org.counterweight.formats.sorsa;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.sorsa.SorsaConfig;
import org.counterweight.formats.AttachedAdapter;
import org.counterweight.formats.Format;
import org.counterweight.formats.Summary;
import org.counterweight.formats.TrainedAdapter;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.TensorInfo;
import tools.jackson.databind.node.ObjectNode;

/** The directories of SORSA's official package: whole models, with {@code config.json} of their own kind. */
public final class SorsaFormat implements Format {
    @Override
    public boolean isAt(Path directory) {
        return SorsaPackage.isAt(directory);
    }

    @Override
    public Path settings(Path directory) {
        return directory.resolve("config.json");
    }

    @Override
    public Path weights(Path directory) {
        return directory;
    }

    @Override
    public Optional<ObjectNode> modelConfig(Path directory) {
        return Optional.ofNullable(SorsaPackage.modelConfig(directory));
    }

    @Override
    public void check(Attachment settings) {
        SorsaPackage.check(settings);
    }

    @Override
    public void check(Attachment settings, Model model, List<String> modules) {
        SorsaPackage.check(model, modules);
    }

    @Override
    public void write(Path directory, TrainedAdapter adapter) {
        SorsaPackage.write(
                directory,
                (SorsaConfig) adapter.settings(),
                adapter.params(),
                adapter.base(),
                adapter.modelConfig(),
                adapter.metadata());
    }

    @Override
    public AttachedAdapter read(Path directory, Model model, ObjectNode config, Params base) {
        return new AttachedAdapter(SorsaPackage.attach(directory, model, base), List.of());
    }

    @Override
    public Summary summary(ObjectNode settings, Collection<TensorInfo> tensors) {
        return Summary.of("SORSA, as its package writes it")
                .withSettings(settings, List.of("rank", "alpha", "dropout"))
                .withTargets(settings);
    }
}
