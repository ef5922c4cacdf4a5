package org.counterweight.audit.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.TensorDigests;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The digests of a model that is trusted, to hold others against: of every file, and of every tensor, so that what differs has
 * a name. It is worth as much as the place that it came from.
 *
 * @param files by their name in the directory
 * @param tensors by their name
 */
public record Manifest(Map<String, String> files, Map<String, String> tensors) {
    public Manifest {
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
    }

    /** Writes it as JSON, whole or not at all. */
    public void write(Path file) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("root", new TensorDigests(tensors).root());
        ObjectNode all = json.putObject("tensors");
        tensors.forEach(all::put);
        ObjectNode named = json.putObject("files");
        files.forEach(named::put);
        try (Staged staged = Staged.file(file)) {
            Files.writeString(staged.path(), json.toPrettyString() + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** @throws ConfigException if it is no manifest, or its root is not that of its tensors */
    public static Manifest read(Path file) {
        ObjectNode json;
        try {
            json = Configs.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        var manifest = new Manifest(texts(file, json, "files"), texts(file, json, "tensors"));
        String root = new TensorDigests(manifest.tensors()).root();
        if (!root.equals(json.path("root").asString(""))) {
            throw new ConfigException(
                    file + ": root is not the digest of its tensors; the manifest was changed or cut");
        }
        return manifest;
    }

    private static Map<String, String> texts(Path file, ObjectNode json, String key) {
        if (!(json.get(key) instanceof ObjectNode named)) {
            throw new ConfigException(
                    file + ": has no " + key + "; expected a manifest that cw audit --write-manifest wrote");
        }
        var texts = new TreeMap<String, String>();
        for (Map.Entry<String, JsonNode> entry : named.properties()) {
            texts.put(entry.getKey(), entry.getValue().asString(""));
        }
        return texts;
    }

    /** What another model has otherwise, more or less than this one: tensors by their name, then files. */
    public List<Finding> differences(Manifest other) {
        var findings = new ArrayList<Finding>();
        compare(tensors, other.tensors(), "tensor", findings);
        compare(files, other.files(), "file", findings);
        return findings;
    }

    private static void compare(
            Map<String, String> trusted, Map<String, String> found, String what, List<Finding> findings) {
        var names = new TreeSet<>(trusted.keySet());
        names.addAll(found.keySet());
        for (String name : names) {
            String was = trusted.get(name);
            String is = found.get(name);
            if (was == null || is == null) {
                findings.add(new Finding(
                        Verdict.FINDING,
                        "manifest-" + what,
                        name,
                        is == null ? "is in the manifest and not here" : "is not in the manifest"));
            } else if (!was.equals(is)) {
                findings.add(new Finding(
                        Verdict.FINDING, "manifest-" + what, name, "is not what the manifest says: sha256 " + is));
            }
        }
    }
}
