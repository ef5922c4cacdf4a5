package org.counterweight.formats.adapterhub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A directory of AdapterHub's library with one bottleneck adapter or Compacter: {@value #CONFIG} with its settings under
 * {@code config}, {@value #FILE} with its tensors, and where a head was trained with it {@value #HEAD_CONFIG} and
 * {@value #HEAD}. For BERT, GPT-2 and Llama; an adapter's tensors stand under
 * {@code …layer.N.attention.output.adapters.NAME} and {@code …layer.N.output.adapters.NAME}, in a decoder's layers under
 * {@code attention_adapters.adapters.NAME} and {@code output_adapters.adapters.NAME}, what all share under
 * {@code shared_parameters.NAME}.
 */
public final class AdapterHub {
    static final String CONFIG = "adapter_config.json";
    static final String FILE = "adapter.safetensors";
    static final String HEAD_CONFIG = "head_config.json";
    static final String HEAD = "model_head.safetensors";

    private static final String PICKLE = "pytorch_adapter.bin";
    private static final String SHARED = "shared_parameters.";
    private static final Pattern BERT = Pattern.compile("^(.*\\.\\d+\\.(?:attention\\.)?output)\\.(?:dense|residual)$");
    private static final Pattern DECODER = Pattern.compile("^(.*\\.\\d+)\\.(?:(attn|self_attn)|mlp)\\.\\w+$");
    private static final Pattern NUMBER = Pattern.compile("\\.(\\d+)\\.");
    private static final Pattern PREFIX = Pattern.compile("^(?:bert|transformer|model)\\.");

    private AdapterHub() {}

    /** Whether a directory is one of these: its settings lie one level down. */
    public static boolean isAt(Path directory) {
        return Files.exists(directory.resolve(CONFIG))
                && config(directory).path("config").isObject();
    }

    /** {@value #CONFIG} as it lies there. */
    public static ObjectNode config(Path directory) {
        try {
            return Configs.read(directory.resolve(CONFIG));
        } catch (IOException e) {
            throw new UncheckedIOException(directory.resolve(CONFIG) + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The model's parameters with the adapter in effect; its tensors are copies and belong to the open scope.
     *
     * @throws ConfigException if the settings ask for a form that is not supported; it names the key
     * @throws WeightsException if a tensor is missing, left over, of another shape or not finite; it names them
     */
    public static Params attach(Path directory, Model model, Params params) {
        ObjectNode tree = config(directory);
        String name = tree.path("name").asString("");
        Path file = directory.resolve(FILE);
        if (!Files.exists(file) && Files.exists(directory.resolve(PICKLE))) {
            throw new WeightsException(
                    directory.resolve(PICKLE),
                    "is a pickle, which can run code when it is read; save the adapter as safetensors");
        }
        String origin = directory.resolve(CONFIG).toString();
        Attachment settings = AdapterHubConfig.read((ObjectNode) tree.path("config"), origin, layers(model));
        Params attached = settings.attach(model, params, new Seed(0).generator());
        try (SafetensorsFile source = SafetensorsFile.open(file);
                var off = Tensors.noGrad()) {
            var left = new LinkedHashMap<String, String>(); // by the name without the base model's prefix
            source.tensors().keySet().forEach(stored -> left.put(bare(stored), stored));
            tensors(attached, name).forEach((own, tensor) -> {
                String stored = left.remove(bare(own));
                if (stored == null) {
                    throw new WeightsException(file, "has no " + own + ", which its config asks for");
                }
                tensor.copy_(fitting(source, stored, tensor));
            });
            if (!left.isEmpty()) {
                throw new WeightsException(
                        file,
                        "has tensors that belong nowhere in this model: " + new TreeSet<>(left.values())
                                + "; the adapter was made for another base, or its config does not fit it");
            }
        }
        return Files.exists(directory.resolve(HEAD)) ? withHead(directory.resolve(HEAD), attached) : attached;
    }

    private static Params withHead(Path file, Params params) {
        var head = new LinkedHashMap<String, Tensor>();
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            for (String name : source.tensors().keySet()) {
                Tensor old = params.weights().get(name);
                if (old == null) {
                    throw new WeightsException(
                            file,
                            name + ": this model has no such weight; only heads of Hugging Face's models are read");
                }
                head.put(name, fitting(source, name, old).clone());
            }
        }
        return params.replacing(head);
    }

    private static Tensor fitting(SafetensorsFile source, String name, Tensor like) {
        Tensor tensor = source.tensor(name);
        if (!Arrays.equals(Tensors.shape(tensor), Tensors.shape(like))) {
            throw new WeightsException(
                    source.path(),
                    name + ": " + Arrays.toString(Tensors.shape(tensor)) + ", expected "
                            + Arrays.toString(Tensors.shape(like))
                            + "; the adapter belongs to another base or other settings");
        }
        return finite(source.path(), name, tensor);
    }

    private static Tensor finite(Path path, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(path, name + ": holds NaN or infinite values; the adapter is damaged");
        }
        return tensor;
    }

    /**
     * Refuses settings that the format cannot hold.
     *
     * @throws ConfigException naming the setting and what is allowed
     */
    public static void check(Attachment settings) {
        AdapterHubConfig.write(settings, 0); // which layers are left out is for the model to tell, and always possible
    }

    /**
     * Writes the directory, whole or not at all.
     *
     * @param params with the adapter's taps; a weight among them that is trained is the head's
     * @param name of the adapter
     * @param base what to say about the base model
     * @param modelConfig its {@code config.json}
     * @param metadata remarks of the weights file: the ledger
     * @throws ConfigException if the format cannot hold such an adapter
     * @throws WeightsException if a tensor is not finite
     */
    public static void write(
            Path directory,
            Attachment settings,
            Model model,
            Params params,
            String name,
            String base,
            ObjectNode modelConfig,
            Map<String, String> metadata) {
        ObjectNode tree = Configs.JSON.createObjectNode();
        tree.set("config", AdapterHubConfig.write(settings, layers(model)));
        describe(tree, base, modelConfig);
        tree.put("name", name);
        var head = new LinkedHashMap<String, Tensor>();
        params.weights().forEach((weight, tensor) -> {
            if (tensor.requires_grad()) {
                head.put(weight, finite(directory, weight, tensor).detach());
            }
        });
        try (var scope = Scope.open();
                Staged staged = Staged.output(directory)) {
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors(params, name)
                    .forEach((own, tensor) ->
                            tensors.put(own, finite(directory, own, tensor).detach()));
            Files.writeString(staged.path().resolve(CONFIG), tree.toPrettyString() + "\n");
            WeightsWriter.write(staged.path().resolve(FILE), tensors, metadata);
            if (!head.isEmpty()) {
                ObjectNode headTree = Configs.JSON.createObjectNode();
                headTree.putNull("config");
                describe(headTree, base, modelConfig);
                headTree.set("label2id", modelConfig.path("label2id"));
                headTree.put("num_labels", modelConfig.path("id2label").size());
                headTree.putNull("name");
                Files.writeString(staged.path().resolve(HEAD_CONFIG), headTree.toPrettyString() + "\n");
                WeightsWriter.write(staged.path().resolve(HEAD), head, metadata);
            }
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static void describe(ObjectNode tree, String base, ObjectNode modelConfig) {
        int width =
                modelConfig.path("hidden_size").asInt(modelConfig.path("n_embd").asInt());
        tree.put("hidden_size", width);
        tree.put("model_class", modelConfig.path("architectures").path(0).asString(""));
        tree.put("model_name", base);
        tree.put("model_type", modelConfig.path("model_type").asString(""));
        tree.put("version", "adapters.1.0.0");
    }

    /** Every tensor of the adapter under AdapterHub's name, the base model's prefix included. */
    private static Map<String, Tensor> tensors(Params params, String adapter) {
        var all = new LinkedHashMap<String, Tensor>();
        params.taps().forEach((point, tap) -> {
            String owner = owner(point) + ".adapters." + adapter + ".";
            tap.tensors().forEach((part, tensor) -> all.put(owner + part, tensor));
            Matcher prefix = PREFIX.matcher(point);
            String root = prefix.find() ? prefix.group() : "";
            tap.sharedTensors()
                    .forEach((part, tensor) ->
                            all.put(root + SHARED + adapter + "." + part.substring(part.lastIndexOf('.') + 1), tensor));
        });
        return all;
    }

    /** The module that holds the adapters of a point. */
    private static String owner(String point) {
        Matcher bert = BERT.matcher(point);
        if (bert.matches()) {
            return bert.group(1);
        }
        Matcher decoder = DECODER.matcher(point);
        if (decoder.matches()) {
            return decoder.group(1) + (decoder.group(2) == null ? ".output_adapters" : ".attention_adapters");
        }
        throw new ConfigException("AdapterHub has no name for an adapter at " + point);
    }

    private static String bare(String name) {
        return PREFIX.matcher(name).replaceFirst("");
    }

    private static int layers(Model model) {
        int most = -1;
        for (String point : model.points()) {
            Matcher number = NUMBER.matcher(point + ".");
            most = number.find() ? Math.max(most, Integer.parseInt(number.group(1))) : most;
        }
        return most + 1;
    }
}
