package org.counterweight.formats.adapterhub;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.counterweight.adapt.Attachment;
import org.counterweight.formats.AttachedAdapter;
import org.counterweight.formats.Format;
import org.counterweight.formats.Summary;
import org.counterweight.formats.TrainedAdapter;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.TensorInfo;
import tools.jackson.databind.node.ObjectNode;

/** AdapterHub's directories, for compacter and bottleneck. */
public final class AdapterHubFormat implements Format {
    @Override
    public boolean isAt(Path directory) {
        return AdapterHub.isAt(directory);
    }

    @Override
    public Path weights(Path directory) {
        Path file = directory.resolve(AdapterHub.FILE);
        return Files.exists(file) ? file : directory;
    }

    @Override
    public String baseKey() {
        return "model_name";
    }

    @Override
    public void check(Attachment settings) {
        AdapterHub.check(settings);
    }

    @Override
    public void write(Path directory, TrainedAdapter adapter) {
        AdapterHub.write(
                directory,
                adapter.settings(),
                adapter.model(),
                adapter.params(),
                adapter.method(),
                adapter.base(),
                adapter.modelConfig(),
                adapter.metadata());
        adapter.writeModelConfig(directory);
    }

    @Override
    public AttachedAdapter read(Path directory, Model model, ObjectNode config, Params base) {
        return new AttachedAdapter(AdapterHub.attach(directory, model, Format.inFloat32(base)), List.of());
    }

    @Override
    public Summary summary(ObjectNode settings, Collection<TensorInfo> tensors) {
        ObjectNode inner = (ObjectNode) settings.path("config");
        boolean compacter = inner.path("phm_layer").asBoolean(false);
        return Summary.of((compacter ? "Compacter" : "bottleneck") + ", as AdapterHub writes it")
                .withSettings(inner, List.of("reduction_factor", "phm_dim", "phm_rank", "non_linearity"));
    }
}
