package org.counterweight.edit.file;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.Member;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Entries as rows of tensors under one prefix, and what of them is text as JSON. Members are shared and stand once. */
final class EntryRows {
    private final Map<Member, Integer> numbers = new IdentityHashMap<>();
    private final List<Member> members = new ArrayList<>();

    /** Adds the tensors of some entries, and tells the rest of each in {@code json}. */
    void write(List<Entry> entries, String prefix, int[] widths, Map<String, Tensor> tensors, ArrayNode json) {
        tensors.put(
                prefix + "keys", Columns.matrix(entries.stream().map(Entry::key).toList(), widths[0]));
        tensors.put(
                prefix + "values",
                Columns.matrix(entries.stream().map(Entry::value).toList(), widths[1]));
        tensors.put(
                prefix + "epsilons",
                Tensors.doubles(entries.stream().mapToDouble(Entry::radius).toArray()));
        tensors.put(
                prefix + "ids",
                Tensors.longs(entries.stream().mapToLong(Entry::id).toArray()));
        Columns.putTokens(
                tensors, prefix + "label", entries.stream().map(Entry::label).toList());
        for (Entry entry : entries) {
            var told = json.addObject();
            told.put("source", entry.source()).put("time", entry.time());
            ArrayNode list = told.putArray("members");
            entry.members().forEach(member -> list.add(number(member)));
        }
    }

    private int number(Member member) {
        Integer known = numbers.get(member);
        if (known != null) {
            return known;
        }
        members.add(member);
        numbers.put(member, members.size() - 1);
        return members.size() - 1;
    }

    /** Adds the tensors of all members that were named. */
    void writeMembers(int width, Map<String, Tensor> tensors) {
        tensors.put(
                "member_keys", Columns.matrix(members.stream().map(Member::key).toList(), width));
        Columns.putTokens(
                tensors, "member_label", members.stream().map(Member::label).toList());
    }

    static List<Member> readMembers(SafetensorsFile file) {
        List<double[]> keys = Columns.rows(file, "member_keys");
        List<long[]> labels = Columns.tokens(file, "member_label", keys.size());
        var members = new ArrayList<Member>();
        for (int i = 0; i < keys.size(); i++) {
            members.add(new Member(keys.get(i), labels.get(i)));
        }
        return members;
    }

    static List<Entry> read(SafetensorsFile file, String prefix, JsonNode json, List<Member> members) {
        List<double[]> keys = Columns.rows(file, prefix + "keys");
        List<double[]> values = Columns.rows(file, prefix + "values");
        int count = keys.size();
        if (values.size() != count || json.size() != count) {
            throw new WeightsException(
                    file.path(),
                    count + " keys, " + values.size() + " values and texts of " + json.size() + " entries");
        }
        double[] radii = Columns.numbers(file, prefix + "epsilons", count);
        long[] ids = Columns.integers(file, prefix + "ids", count);
        List<long[]> labels = Columns.tokens(file, prefix + "label", count);
        var entries = new LinkedHashMap<Integer, Entry>();
        for (int i = 0; i < count; i++) {
            var own = new ArrayList<Member>();
            for (JsonNode number : json.path(i).path("members")) {
                if (!number.isInt() || number.asInt() < 0 || number.asInt() >= members.size()) {
                    throw new WeightsException(
                            file.path(), "entry " + ids[i] + " has a member " + number + " of " + members.size());
                }
                own.add(members.get(number.asInt()));
            }
            entries.put(
                    i,
                    new Entry(
                            ids[i],
                            keys.get(i),
                            values.get(i),
                            radii[i],
                            labels.get(i),
                            own,
                            json.path(i).path("source").asString(""),
                            json.path(i).path("time").asLong(0)));
        }
        return List.copyOf(entries.values());
    }
}
