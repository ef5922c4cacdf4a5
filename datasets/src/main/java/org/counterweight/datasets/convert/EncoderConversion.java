package org.counterweight.datasets.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.counterweight.config.Configs;
import org.counterweight.datasets.foreign.OnnxImport;
import org.counterweight.datasets.foreign.TensorFlowBert;
import org.counterweight.datasets.foreign.TensorFlowBundle;
import org.counterweight.engine.Scope;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsSource;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/** Makes Hugging Face directories of the encoders that come as ONNX and TensorFlow files. */
public final class EncoderConversion {
    private EncoderConversion() {}

    /** {@code NAME.onnx} and {@code NAME-tokenizer.json}: a {@code BertModel} without pooler. */
    public static Converter onnx(String name, int heads) {
        return (in, out) -> {
            Path file = in.resolve(name + ".onnx");
            try (WeightsSource source = OnnxImport.open(file)) {
                writeWeights(source, file, "onnx_import", out);
                ObjectNode config = config(source, "", heads);
                config.putArray("architectures").add("BertModel");
                Files.writeString(out.resolve("config.json"), config.toPrettyString() + "\n");
            }
            Files.copy(in.resolve(name + "-tokenizer.json"), out.resolve("tokenizer.json"));
            writeTokenizerConfig(out);
        };
    }

    /**
     * A zip with {@code variables/} and {@code assets/vocab.txt}: a {@code BertForMaskedLM}. Its config asks for GELU by erf,
     * as Hugging Face's does for this model and published results used; the TensorFlow graph in the package has the tanh
     * form ({@code gelu_new}), under which hidden states differ by up to 0.03.
     */
    public static Converter tensorFlow(String zip, int heads) {
        return (in, out) -> {
            Path files = in.resolve("bert");
            unzip(in.resolve(zip), files);
            Path index = files.resolve("variables.index");
            try (WeightsSource source = new TensorFlowBert(TensorFlowBundle.open(index))) {
                writeWeights(source, files.resolve("variables.data-00000-of-00001"), "tensorflow_import", out);
                ObjectNode config = config(source, "bert.", heads);
                config.putArray("architectures").add("BertForMaskedLM");
                config.put("tie_word_embeddings", true);
                Files.writeString(out.resolve("config.json"), config.toPrettyString() + "\n");
            }
            Files.copy(files.resolve("vocab.txt"), out.resolve("vocab.txt"));
            writeTokenizerConfig(out);
        };
    }

    /** The four files that are needed, by their last name. */
    private static void unzip(Path zip, Path directory) throws IOException {
        Files.createDirectory(directory);
        var wanted = List.of("vocab.txt", "variables.index", "variables.data-00000-of-00001");
        try (var entries = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry; (entry = entries.getNextEntry()) != null; ) {
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (wanted.contains(name)) {
                    Files.copy(entries, directory.resolve(name));
                }
            }
        }
    }

    private static void writeWeights(WeightsSource source, Path file, String method, Path out) {
        var ledger = Ledger.of(
                method,
                Configs.JSON.createObjectNode(),
                List.of(new Ledger.Input(String.valueOf(file.getFileName()), Ledger.digest(file))),
                null,
                null);
        Path target = out.resolve("model.safetensors");
        try (var writer = WeightsWriter.to(target, source.tensors().values(), ledger.metadata())) {
            for (String name : source.tensors().keySet()) {
                try (var scope = Scope.open()) {
                    writer.write(name, source.tensor(name));
                }
            }
            writer.commit();
        }
    }

    /** What the shapes of the weights say; the number of heads is not among it. */
    private static ObjectNode config(WeightsSource source, String prefix, int heads) {
        Map<String, TensorInfo> tensors = source.tensors();
        long[] words = shape(tensors, prefix + "embeddings.word_embeddings.weight");
        long[] positions = shape(tensors, prefix + "embeddings.position_embeddings.weight");
        long[] types = shape(tensors, prefix + "embeddings.token_type_embeddings.weight");
        long[] intermediate = shape(tensors, prefix + "encoder.layer.0.intermediate.dense.weight");
        int layers = 0;
        while (tensors.containsKey(prefix + "encoder.layer." + layers + ".output.dense.weight")) {
            layers++;
        }
        return config(words[0], words[1], layers, heads, intermediate[0], positions[0], types[0]);
    }

    /** A BERT of these sizes, without the head. */
    public static ObjectNode config(
            long vocabulary, long width, int layers, int heads, long intermediate, long positions, long types) {
        ObjectNode config = Configs.JSON.createObjectNode();
        config.put("model_type", "bert");
        config.put("vocab_size", vocabulary);
        config.put("hidden_size", width);
        config.put("num_hidden_layers", layers);
        config.put("num_attention_heads", heads);
        config.put("intermediate_size", intermediate);
        config.put("max_position_embeddings", positions);
        config.put("type_vocab_size", types);
        config.put("hidden_act", "gelu");
        config.put("layer_norm_eps", 1e-12);
        config.put("hidden_dropout_prob", 0.1);
        config.put("attention_probs_dropout_prob", 0.1);
        config.put("initializer_range", 0.02);
        config.put("pad_token_id", 0);
        config.put("position_embedding_type", "absolute");
        config.put("torch_dtype", "float32");
        return config;
    }

    private static long[] shape(Map<String, TensorInfo> tensors, String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new WeightsException("the package's model has no " + name + "; it is no BERT encoder");
        }
        return info.shape();
    }

    private static void writeTokenizerConfig(Path out) throws IOException {
        ObjectNode config = Configs.JSON.createObjectNode();
        config.put("tokenizer_class", "BertTokenizer");
        config.put("do_lower_case", true);
        config.put("model_max_length", 512);
        Files.writeString(out.resolve("tokenizer_config.json"), config.toPrettyString() + "\n");
    }
}
