package org.counterweight.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.Configs;
import tools.jackson.databind.node.ObjectNode;

/** How tensors that are planned lie in files: the shards of a model's directory, their names, headers and index. */
final class ShardLayout {
    private ShardLayout() {}

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
}
