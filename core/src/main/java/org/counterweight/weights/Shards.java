package org.counterweight.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.counterweight.config.Configs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A model's weights in several files: their names, headers and the index that lists them, as they are written and read. */
final class Shards {
    /** What the name of a file of the same directory has not. */
    private static final Pattern NO_FILE = Pattern.compile("[/\\\\:\\x00]");

    private Shards() {}

    static boolean isFile(Path target) {
        return target.toString().endsWith(".safetensors");
    }

    static Map<String, String> remarks(Map<String, String> metadata) {
        var remarks = new LinkedHashMap<String, String>();
        remarks.put("format", "pt");
        remarks.putAll(metadata);
        return remarks;
    }

    /** The headers of the files that hold the plan, in its order. */
    static List<SafetensorsHeader> headers(
            Collection<TensorInfo> plan, Map<String, String> metadata, long maxShardBytes) {
        Map<String, String> remarks = remarks(metadata);
        var headers = new ArrayList<SafetensorsHeader>();
        var shard = new ArrayList<TensorInfo>();
        long bytes = 0;
        for (TensorInfo info : plan) {
            if (!shard.isEmpty() && bytes + info.bytes() > maxShardBytes) {
                headers.add(SafetensorsHeader.layout(shard, remarks));
                shard.clear();
                bytes = 0;
            }
            shard.add(info);
            bytes += info.bytes();
        }
        headers.add(SafetensorsHeader.layout(shard, remarks));
        return headers;
    }

    static String name(int index, int count) {
        return count == 1
                ? ModelDirectory.SINGLE
                : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", index + 1, count);
    }

    /** Which tensor lies in which file, as Hugging Face writes it. */
    static String index(Map<String, SafetensorsHeader> files) {
        ObjectNode index = Configs.JSON.createObjectNode();
        long total = 0;
        ObjectNode map = Configs.JSON.createObjectNode();
        for (var file : files.entrySet()) {
            total += file.getValue().dataBytes();
            for (String name : file.getValue().tensors().keySet()) {
                map.put(name, file.getKey());
            }
        }
        index.putObject("metadata").put("total_size", total);
        index.set("weight_map", map);
        return index.toPrettyString() + "\n";
    }

    /**
     * Opens every shard once, and holds index and shards against each other in both directions.
     *
     * @param opened takes each as soon as it is open, so that it can be closed if a later one is refused
     * @throws WeightsException if they disagree
     */
    static void open(
            Path index, ObjectNode tree, Function<Path, SafetensorsFile> opener, List<SafetensorsFile> opened) {
        if (!(tree.get("weight_map") instanceof ObjectNode map)) {
            throw new WeightsException(index, "has no weight_map");
        }
        if (map.isEmpty()) {
            throw new WeightsException(index, "lists no tensors in its weight_map");
        }
        var byShard = new LinkedHashMap<String, List<String>>();
        for (var entry : map.properties()) {
            String shard = entry.getValue().asString("");
            if (!entry.getValue().isString() || !byShard.containsKey(shard)) {
                refuseUnlessFile(index, entry.getKey(), entry.getValue());
            }
            byShard.computeIfAbsent(shard, key -> new ArrayList<>()).add(entry.getKey());
        }
        byShard.forEach((shard, names) -> {
            SafetensorsFile file = opener.apply(index.resolveSibling(shard));
            opened.add(file);
            for (String name : names) {
                if (!file.tensors().containsKey(name)) {
                    throw new WeightsException(file.path(), "has no tensor " + name + ", which the index says it has");
                }
            }
            for (String name : file.tensors().keySet()) {
                JsonNode home = map.get(name);
                if (home == null || !home.asString().equals(shard)) {
                    throw new WeightsException(
                            index,
                            shard + " holds " + name + ", but the index "
                                    + (home == null ? "does not list it" : "looks for it in " + home));
                }
            }
        });
    }

    private static void refuseUnlessFile(Path index, String tensor, JsonNode node) {
        String name = node.isString() ? node.asString() : "";
        if (name.isEmpty() || NO_FILE.matcher(name).find() || name.equals("..") || name.equals(".")) {
            throw new WeightsException(
                    index, "places " + tensor + " in " + node + "; a shard is named by a file of the same directory");
        }
        Path shard = index.resolveSibling(name);
        if (Pickles.isNamedLikeOne(shard)) {
            throw Pickles.refusal(shard);
        }
    }
}
