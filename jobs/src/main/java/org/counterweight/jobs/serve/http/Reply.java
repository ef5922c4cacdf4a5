package org.counterweight.jobs.serve.http;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/**
 * What is answered.
 *
 * @param type of the body, as a header has it
 */
public record Reply(int status, String type, byte[] body) {
    public static Reply json(JsonNode json) {
        return json(200, json);
    }

    static Reply json(int status, JsonNode json) {
        return new Reply(status, "application/json; charset=utf-8", bytes(json + "\n"));
    }

    public static Reply text(String type, String text) {
        return new Reply(200, type + "; charset=utf-8", bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
