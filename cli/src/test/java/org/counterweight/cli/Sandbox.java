package org.counterweight.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.weights.WeightsWriter;

/**
 * A directory with a small model, texts and a recipe that all are good, to be spoiled in one place each.
 *
 * @param root that directory; {@code out} in it is where commands are to write
 */
record Sandbox(Path root) {
    private static final String RECIPE = """
        model:
          name: %1$s/model
        data:
          train: %1$s/texts.csv
          max_length: 16
        adapter:
          method: bone
          r: 2
          targets: [query]
        train:
          epochs: 1
          batch_size: 8
          lr: 1e-3
          precision: float32
        output:
          directory: %1$s/out
          baseline: false
        """;

    /** Fills an empty directory. */
    static Sandbox in(Path root) {
        var sandbox = new Sandbox(root);
        sandbox.model("model", "BertModel", Map.of());
        var texts = new StringBuilder("text,label\n");
        for (int i = 0; i < 20; i++) {
            texts.append("the cat sat,animal\n").append("a tree grew,plant\n");
        }
        sandbox.write("texts.csv", texts.toString());
        sandbox.write("recipe.yaml", sandbox.goodRecipe());
        return sandbox;
    }

    String goodRecipe() {
        return RECIPE.formatted(root.toString().replace('\\', '/'));
    }

    Path path(String name) {
        return root.resolve(name);
    }

    /** Writes a text file. */
    Path write(String name, String text) {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    Path write(String name, byte[] bytes) {
        try {
            Path file = path(name);
            Files.createDirectories(file.getParent());
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(String name) {
        try {
            return Files.readString(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a file away. */
    Sandbox without(String name) {
        try {
            Files.delete(path(name));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts {@code by} in place of {@code good}, which must be there, in a text file. */
    Sandbox spoil(String name, String good, String by) {
        try {
            String text = Files.readString(path(name));
            if (!text.contains(good)) {
                throw new IllegalArgumentException(name + " has no " + good);
            }
            write(name, text.replace(good, by));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a model's directory, with other config values than the usual ones if need be. */
    Sandbox model(String name, String architecture, Map<String, Integer> changed) {
        new SandboxModels(this).model(name, architecture, changed);
        return this;
    }

    /** A model that tells classes. */
    Sandbox classifier(String name) {
        return model(name, "BertForSequenceClassification", Map.of());
    }

    /** A model of grey images of 4 x 4 pixels. */
    Sandbox imageModel(String name) {
        new SandboxModels(this).imageModel(name);
        return this;
    }

    /** A model of the nodes of graphs, with two features each. */
    Sandbox graphModel(String name) {
        new SandboxModels(this).graphModel(name);
        return this;
    }

    /** A model of scores of a table's rows, by rooms and area. */
    Sandbox tableModel(String name) {
        new SandboxModels(this).tableModel(name);
        return this;
    }

    /** Says in a model's config what its scores are for. */
    Sandbox problem(String model, String type) {
        new SandboxModels(this).problem(model, type);
        return this;
    }

    /** A model of one score, as transformers saves it. */
    Sandbox oneScore(String name) {
        new SandboxModels(this).oneScore(name);
        return this;
    }

    /** Another model of the same sizes: all its weights times a factor. */
    Sandbox scaled(String name, float factor) {
        new SandboxModels(this).scaled(name, factor);
        return this;
    }

    /** A GPT-2 whose tokens are bytes. */
    Sandbox decoder(String name) {
        new SandboxModels(this).decoder(name);
        return this;
    }

    /** A decoder, a few texts of two labels and a recipe that writes more of them. */
    Sandbox few() {
        decoder("g");
        var few = new StringBuilder("text,label\n");
        for (String end : List.of("sat", "ran", "hid", "ate")) {
            few.append("the cat ")
                    .append(end)
                    .append(",animal\na tree ")
                    .append(end)
                    .append(",plant\n");
        }
        write("few.csv", few.toString());
        write("fewgen.yaml", """
            generator: "%1$s/g"
            classifier: {name: "%1$s/model"}
            data: {train: "%1$s/few.csv", dev: "%1$s/texts.csv", test: "%1$s/texts.csv", max_length: 16}
            labels:
              - {label: plant, prompt: "leaf:", temperature: 1, repetition_penalty: 1}
              - {label: animal, prompt: "paws:", temperature: 1, repetition_penalty: 1}
            fewgen:
              tune: {epochs: 20, lr: 0.1, max_length: 20, weight_net_width: 8, dropout: 0}
              write: {texts: 6, max_tokens: 20, top_k: 6, batch_size: 4, max_tries: 60}
              learn: {few_shot_steps: 6, few_shot_every: 3, steps: 6, every: 2, batch_size: 4, threshold: 0}
            output: "%1$s/out"
            """.formatted(root.toString().replace('\\', '/')));
        return this;
    }

    /** The words that write texts as fewgen.yaml says, with settings changed. */
    List<String> generate(String... settings) {
        var words = new ArrayList<>(List.of("generate", path("fewgen.yaml").toString()));
        for (String setting : settings) {
            words.addAll(setting.startsWith("--") ? List.of(setting) : List.of("--set", setting));
        }
        return words;
    }

    /** Puts codes in place of one of a model's weights, as bitsandbytes does; its config does not tell. */
    Sandbox codes(String name) {
        new SandboxModels(this).codes(name);
        return this;
    }

    /** An adapter of that config with tensors of zeros. */
    Sandbox adapter(String name, String config, Map<String, long[]> shapes) {
        new SandboxAdapters(this).adapter(name, config, shapes);
        return this;
    }

    /** Gives an adapter the ledger of a run on that model. */
    Sandbox madeFor(String model, String adapter) {
        new SandboxAdapters(this).madeFor(model, adapter);
        return this;
    }

    /** An adapter at the query of the only layer with a head for so many classes, as PEFT saves it for that task. */
    Sandbox classes(String name, String task, int classes) {
        new SandboxAdapters(this).classes(name, task, classes);
        return this;
    }

    /** A package of SORSA's of rank 2 at the query of the only layer, whose triplets add nothing. */
    Sandbox sorsa(String name, int width) {
        new SandboxAdapters(this).sorsa(name, width);
        return this;
    }

    void weights(String name, Map<String, Tensor> weights) {
        try {
            Files.createDirectories(path(name).getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        WeightsWriter.write(path(name), weights, Map.of());
    }

    /** A LoRA adapter of rank 2 at the query of the only layer, for a model of that width, with one value set. */
    Sandbox adapter(String name, int width, double value) {
        new SandboxAdapters(this).adapter(name, width, value);
        return this;
    }

    /** The bytes of a safetensors file, by hand: the length that it states, its header, and so many bytes of data. */
    Sandbox safetensors(String name, long length, String header, int data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        write(
                name,
                ByteBuffer.allocate(8 + json.length + data)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .put(json)
                        .array());
        return this;
    }

    Sandbox safetensors(String name, String header, int data) {
        return safetensors(name, header.length(), header, data);
    }

    /** Cuts the end off a file. */
    Sandbox cut(String name, int bytes) {
        try {
            byte[] all = Files.readAllBytes(path(name));
            write(name, Arrays.copyOf(all, all.length - bytes));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words that run the recipe. */
    List<String> run(String... more) {
        return words(List.of("run", path("recipe.yaml").toString()), more);
    }

    /** The words that run another recipe, in which {@code @} stands for this directory. */
    List<String> recipeOf(String text) {
        write("recipe.yaml", text.replace("@", root.toString().replace('\\', '/')));
        return run();
    }

    /** The words that run the recipe after changes in it, each a text that is there and what stands in its place. */
    List<String> recipe(String... changes) {
        for (int i = 0; i < changes.length; i += 2) {
            spoil("recipe.yaml", changes[i], changes[i + 1]);
        }
        return run();
    }

    /** The words that ask the model of that name for the class of a text. */
    List<String> predict(String model, String... more) {
        return words(List.of("predict", path(model).toString(), "--text", "the cat", "--max-length", "16"), more);
    }

    /** The words that merge as that text says, in which {@code @} stands for this directory. */
    List<String> merge(String text, String... more) {
        Path file = write("merge.yaml", text.replace("@", root.toString().replace('\\', '/')));
        return words(List.of("merge", file.toString(), path("out").toString()), more);
    }

    /** The words that update one model by another, chosen by the texts. */
    List<String> update(String old, String updated, String... more) {
        return words(
                List.of(
                        "update",
                        path(old).toString(),
                        path(updated).toString(),
                        "--dev",
                        path("texts.csv").toString(),
                        "--max-length",
                        "16",
                        "--output",
                        path("out").toString()),
                more);
    }

    /** The words that answer rows.csv, or the texts where there is none, with two models together. */
    List<String> dawin(String a, String b, String... more) {
        Path rows = Files.exists(path("rows.csv")) ? path("rows.csv") : path("texts.csv");
        var words = new ArrayList<>(List.of("dawin", path(a).toString(), path(b).toString()));
        words.addAll(List.of(more));
        if (!words.contains("--input")) {
            words.addAll(List.of("--input", rows.toString()));
        }
        words.addAll(List.of("--output", path("out").toString()));
        return words;
    }

    /** The words that put the answers of edits.jsonl right, in a model of one layer. */
    List<String> edit(String model, String... more) {
        return words(
                List.of(
                        "edit",
                        path(model).toString(),
                        "--input",
                        path("edits.jsonl").toString(),
                        "--output",
                        path("out").toString()),
                more);
    }

    private static List<String> words(List<String> first, String... more) {
        var words = new ArrayList<>(first);
        words.addAll(List.of(more));
        return words;
    }
}
