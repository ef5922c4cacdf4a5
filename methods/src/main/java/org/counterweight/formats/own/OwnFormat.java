package org.counterweight.formats.own;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.formats.AttachedAdapter;
import org.counterweight.formats.Format;
import org.counterweight.formats.Summary;
import org.counterweight.formats.TrainedAdapter;
import org.counterweight.merge.Accumulation;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.Staged;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A directory for every adapter, also those that nobody else has a type for: {@value Format#CONFIG} with method and settings as
 * in a recipe, and all that must be saved, by the names of {@link Params#saved}, in {@value #FILE}.
 */
public final class OwnFormat implements Format {
    private static final String FILE = "adapter.safetensors";
    private static final String ADAPTER = "adapter";

    /** AdapterHub's weights have the same name: its form is asked for first. */
    @Override
    public boolean isAt(Path directory) {
        return Files.exists(directory.resolve(CONFIG)) && Files.exists(directory.resolve(FILE));
    }

    @Override
    public Path weights(Path directory) {
        return directory.resolve(FILE);
    }

    @Override
    public void check(Attachment settings) {}

    @Override
    public void write(Path directory, TrainedAdapter adapter) {
        try (var scope = Scope.open();
                Staged staged = Staged.output(directory)) {
            var tensors = new LinkedHashMap<String, Tensor>();
            adapter.params()
                    .saved()
                    .forEach((name, tensor) ->
                            tensors.put(name, finite(directory, name, tensor).detach()));
            ObjectNode config = Configs.JSON.createObjectNode();
            config.put("base_model_name_or_path", adapter.base());
            config.set(ADAPTER, new Choice<>(Catalogue.named(adapter.method(), "method"), adapter.settings()).tree());
            Files.writeString(staged.path().resolve(CONFIG), config.toPrettyString() + "\n");
            WeightsWriter.write(staged.path().resolve(FILE), tensors, adapter.metadata());
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
        adapter.writeModelConfig(directory);
    }

    private static Tensor finite(Path path, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(path, name + " holds NaN or infinite values; train again with a lower train.lr");
        }
        return tensor;
    }

    @Override
    public AttachedAdapter read(Path directory, Model model, ObjectNode config, Params base) {
        Attachment settings = settings(directory.resolve(CONFIG), Format.config(directory.resolve(CONFIG)));
        Path file = directory.resolve(FILE);
        var saved = new LinkedHashMap<String, Tensor>();
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            for (String name : source.tensors().keySet()) {
                Tensor stored = source.tensor(name);
                boolean isOwn = base.weights().containsKey(name);
                saved.put(name, (isOwn ? stored : Accumulation.wide(stored)).clone());
            }
        }
        try {
            return new AttachedAdapter(settings.restore(model, Format.inFloat32(base), saved), List.of());
        } catch (WeightsException e) { // it knows the tensor, but not the file
            throw new WeightsException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static Attachment settings(Path origin, ObjectNode config) {
        return Objects.requireNonNull(Choice.of(config.path(ADAPTER), origin + ": " + ADAPTER, Attachment.class))
                .settings();
    }

    @Override
    public Summary summary(ObjectNode settings, Collection<TensorInfo> tensors) {
        ObjectNode own = settings.path(ADAPTER) instanceof ObjectNode inner ? inner : settings;
        Summary summary = Summary.of(own.path("method").asString("unknown") + ", in our own form");
        String all = own.properties().stream()
                .filter(entry ->
                        !entry.getKey().equals("method") && !entry.getKey().equals("targets"))
                .map(entry -> entry.getKey() + " "
                        + entry.getValue().asString(entry.getValue().toString()))
                .collect(Collectors.joining(", "));
        return all.isEmpty() ? summary : summary.with("settings", all);
    }
}
