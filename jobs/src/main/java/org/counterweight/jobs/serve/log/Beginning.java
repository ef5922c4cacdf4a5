package org.counterweight.jobs.serve.log;

import java.nio.file.Path;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a log goes on from.
 *
 * @param codebook settings, layer and base of the edits, and those that were there before the first line
 * @param origin the SHA-256 of the file that these were read from; null if there were none
 */
public record Beginning(CodebookFile codebook, @Nullable String origin) {
    private static final int VERSION = 1;

    /** No edit yet. */
    public static Beginning empty(GraceConfig config, String layer, String base) {
        return new Beginning(new CodebookFile(config, layer, base, History.State.empty(config.distFn())), null);
    }

    /** The first line of the log. */
    ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("op", "begin")
                .put("version", VERSION)
                .put("base_sha256", codebook.base())
                .put("layer", codebook.layer())
                .put("edits_sha256", origin);
        json.set("config", Configs.tree(codebook.config()));
        return json;
    }

    /** The name of the file beside the log that holds the edits before its first line. */
    static String file(String origin) {
        return "codebook-" + origin.substring(0, 16) + ".safetensors";
    }

    /** @throws WeightsException if the log begins in another way */
    static Beginning read(Path log, @Nullable ObjectNode json) {
        if (json == null || !json.path("op").asString("").equals("begin")) {
            throw new WeightsException(log, "does not begin as a log of edits does; name another directory with --log");
        }
        if (json.path("version").asInt() != VERSION) {
            throw new WeightsException(
                    log, "is a log of version " + json.path("version") + "; this program reads " + VERSION);
        }
        if (json.path("edits_sha256").isString()) {
            String origin = json.path("edits_sha256").asString();
            return new Beginning(CodebookFile.read(log.resolveSibling(file(origin))), origin);
        }
        if (!(json.get("config") instanceof ObjectNode settings)) {
            throw new WeightsException(log, "has no settings in its first line");
        }
        return empty(
                Configs.bind(settings, GraceConfig.class, log + ": config"),
                json.path("layer").asString(),
                json.path("base_sha256").asString());
    }
}
