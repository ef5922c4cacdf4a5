package org.counterweight.jobs.serve.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.Member;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Entries of a codebook as JSON, and back, to the last bit: vectors are float64, little-endian, in base 64. */
final class EntryJson {
    private EntryJson() {}

    static ObjectNode write(Entry entry) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("id", entry.id())
                .put("source", entry.source())
                .put("time", entry.time())
                .put("radius", entry.radius());
        json.set("label", Configs.JSON.valueToTree(entry.label()));
        json.put("key", vector(entry.key())).put("value", vector(entry.value()));
        var members = json.putArray("members");
        for (Member member : entry.members()) {
            ObjectNode one = members.addObject();
            one.set("label", Configs.JSON.valueToTree(member.label()));
            one.put("key", vector(member.key()));
        }
        return json;
    }

    /** @throws IllegalArgumentException if it is no entry */
    static Entry read(JsonNode json) {
        var members = new ArrayList<Member>();
        for (JsonNode one : json.path("members")) {
            members.add(new Member(vector(one.path("key")), label(one.path("label"))));
        }
        return new Entry(
                json.path("id").asLong(),
                vector(json.path("key")),
                vector(json.path("value")),
                json.path("radius").asDouble(),
                label(json.path("label")),
                List.copyOf(members),
                json.path("source").asString(),
                json.path("time").asLong());
    }

    private static String vector(double[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(numbers);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static double[] vector(JsonNode text) {
        byte[] bytes = Base64.getDecoder().decode(text.asString());
        double[] numbers = new double[bytes.length / Double.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(numbers);
        return numbers;
    }

    private static long[] label(JsonNode tokens) {
        long[] label = new long[tokens.size()];
        for (int i = 0; i < label.length; i++) {
            label[i] = tokens.path(i).asLong();
        }
        return label;
    }
}
