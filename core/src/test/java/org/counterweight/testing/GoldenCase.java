package org.counterweight.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.weights.SafetensorsFile;
import tools.jackson.databind.node.ObjectNode;

/**
 * One directory of numbers computed with an official implementation: {@code case.json} and {@code tensors.safetensors}.
 *
 * @param method the method's slug, as in {@code methods/<slug>.md}
 * @param inputs without the prefix {@code in.}
 * @param outputs without the prefix {@code out.}
 */
public record GoldenCase(
        Path directory,
        String method,
        String op,
        ObjectNode params,
        double rtol,
        double atol,
        Map<String, Tensor> inputs,
        Map<String, Tensor> outputs) {

    /** Reads a case. The tensors are copies and belong to the open scope. */
    public static GoldenCase read(Path directory) {
        try {
            ObjectNode json = Configs.read(directory.resolve("case.json"));
            var inputs = new LinkedHashMap<String, Tensor>();
            var outputs = new LinkedHashMap<String, Tensor>();
            try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("tensors.safetensors"))) {
                for (String name : file.tensors().keySet()) {
                    if (name.startsWith("in.")) {
                        inputs.put(name.substring(3), file.tensor(name).clone());
                    } else if (name.startsWith("out.")) {
                        outputs.put(name.substring(4), file.tensor(name).clone());
                    } else {
                        throw new IllegalArgumentException(directory + ": " + name + " is neither in.* nor out.*");
                    }
                }
            }
            return new GoldenCase(
                    directory,
                    json.required("method").asString(),
                    json.required("op").asString(),
                    (ObjectNode) json.required("params"),
                    json.required("rtol").asDouble(),
                    json.required("atol").asDouble(),
                    inputs,
                    outputs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The input of that name; an input that is missing fails the case. */
    public Tensor in(String name) {
        Tensor tensor = inputs.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(directory + " has no in." + name);
        }
        return tensor;
    }

    /** Every directory with a {@code case.json} below {@code root}, sorted. */
    public static List<Path> below(Path root) {
        try (Stream<Path> paths = Files.walk(root)) {
            var found = new ArrayList<Path>();
            paths.filter(path -> path.endsWith("case.json")).sorted().forEach(path -> found.add(path.getParent()));
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
