package org.counterweight.edit.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.codebook.Member;
import org.counterweight.engine.Scope;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A codebook in a safetensors file: {@code keys [M, p]}, {@code values [M, v]}, {@code epsilons [M]}, {@code ids [M]}, {@code
 * label_tokens}, {@code label_offsets [M + 1]}; the edits that entries serve under {@code member_…}, and entries as they were
 * before the newest steps under {@code former_…}. What is text stands in the metadata under {@value #KEY}. What is read is
 * what was written, to the last bit.
 *
 * @param layer the full name of the wrapped layer
 * @param base the SHA-256 of the model that it was made for, its adapter included
 */
public record CodebookFile(GraceConfig config, String layer, String base, History.State state) {
    /** How many steps can be undone after a file is read again. */
    public static final int UNDO = 1000;

    private static final String KEY = "grace";
    private static final int VERSION = 1;

    /**
     * Writes the file, whole or not at all.
     *
     * @param metadata of the file, beside ours: a ledger
     */
    public void write(Path file, Map<String, String> metadata) {
        Codebook book = state.book();
        List<History.Step> steps = state.history().steps();
        List<History.Step> kept = steps.subList(Math.max(0, steps.size() - UNDO), steps.size());
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("format_version", VERSION).put("base_sha256", base).put("layer", layer);
        json.put("next_id", book.nextId());
        json.set("config", Configs.tree(config));
        var former = new ArrayList<Entry>();
        HistoryJson.write(kept, json.putArray("history"), former);
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            int[] widths = widths(former);
            json.put("p", widths[0]).put("v", widths[1]);
            var rows = new EntryRows();
            rows.write(book.entries(), "", widths, tensors, json.putArray("entries"));
            rows.write(former, "former_", widths, tensors, json.putArray("former"));
            rows.writeMembers(widths[0], tensors);
            var remarks = new LinkedHashMap<>(metadata);
            remarks.put(KEY, json.toString());
            WeightsWriter.write(file, tensors, remarks);
        }
    }

    /** p and v; 1 and 1 where there is no entry that would say. */
    private int[] widths(List<Entry> former) {
        List<Entry> some = state.book().isEmpty() ? former : state.book().entries();
        return some.isEmpty()
                ? new int[] {1, 1}
                : new int[] {some.get(0).key().length, some.get(0).value().length};
    }

    /** @throws WeightsException if it is no codebook, of another version, or damaged */
    public static CodebookFile read(Path path) {
        try (var scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(path)) {
            String text = file.metadata().get(KEY);
            if (text == null) {
                throw new WeightsException(path, "is no codebook: its metadata has no \"" + KEY + "\"");
            }
            ObjectNode json = Configs.json(text, path + ": " + KEY);
            if (json.path("format_version").asInt(0) != VERSION) {
                throw new WeightsException(
                        path,
                        "is a codebook of version " + json.path("format_version") + "; this program reads " + VERSION);
            }
            if (!(json.get("config") instanceof ObjectNode settings)) {
                throw new WeightsException(path, "has no settings in its metadata");
            }
            GraceConfig config = Configs.bind(settings, GraceConfig.class, path + ": config");
            List<Member> members = EntryRows.readMembers(file);
            List<Entry> entries = EntryRows.read(file, "", json.path("entries"), members);
            List<Entry> former = EntryRows.read(file, "former_", json.path("former"), members);
            checkIds(path, entries, json.path("next_id").asLong(-1));
            Codebook book =
                    new Codebook(config.distFn(), entries, json.path("next_id").asLong());
            return new CodebookFile(
                    config,
                    json.path("layer").asString(""),
                    json.path("base_sha256").asString(""),
                    new History.State(book, HistoryJson.read(path, json.path("history"), former)));
        }
    }

    private static void checkIds(Path path, List<Entry> entries, long next) {
        var seen = new HashSet<Long>();
        for (Entry entry : entries) {
            if (!seen.add(entry.id()) || entry.id() < 0 || entry.id() >= next) {
                throw new WeightsException(
                        path, "entry " + entry.id() + " stands twice, or is not below " + next + ", the next id");
            }
        }
    }

    /**
     * Refuses a model that the codebook was not made for.
     *
     * @param name what to call the codebook
     * @param model the SHA-256 of the model that it is to be put on
     */
    public void checkBase(String name, String model) {
        if (!base.equals(model)) {
            throw new ConfigException(
                    name + ": was made for another model, of sha256 " + shortened(base) + "; this one is of sha256 "
                            + shortened(model) + ". A codebook goes with the weights that it was made on");
        }
    }

    private static String shortened(String digest) {
        return digest.substring(0, Math.min(12, digest.length())) + "…";
    }
}
