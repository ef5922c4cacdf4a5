package org.counterweight.jobs.serve.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads requests strictly.
 *
 * @param most bytes of a body
 * @param isLocal whether only this machine is listened to: then a page of another host, which a browser can be led to under a
 *     name that points here, is refused by that name
 */
record RequestReader(int most, boolean isLocal) {
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "[::1]");

    void checkHost(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (!isLocal || host == null) {
            return;
        }
        String name = host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
        if (!LOCAL.contains(name)) {
            throw new Refusal(403, "Host: " + host + " is not this machine; ask 127.0.0.1");
        }
    }

    Asking read(HttpExchange exchange, Route route) {
        String path = exchange.getRequestURI().getPath();
        String word = route.path().length() > 1 && route.path().endsWith("/")
                ? path.substring(route.path().length())
                : "";
        return new Asking(word, query(exchange.getRequestURI().getRawQuery()), body(exchange));
    }

    private static Map<String, String> query(@Nullable String raw) {
        var query = new LinkedHashMap<String, String>();
        if (raw == null || raw.isEmpty()) {
            return query;
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (query.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1))) != null) {
                throw new Refusal(400, "the query has " + name + " twice");
            }
        }
        return query;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "the query has \"" + text + "\", which is no encoded text");
        }
    }

    private ObjectNode body(HttpExchange exchange) {
        String stated = exchange.getRequestHeaders().getFirst("Content-Length");
        if (stated != null && stated.matches("\\d+") && (stated.length() > 9 || Integer.parseInt(stated) > most)) {
            throw tooLarge();
        }
        byte[] bytes;
        try (InputStream in = exchange.getRequestBody()) {
            bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw tooLarge();
            }
        } catch (IOException e) {
            throw new Refusal(400, "the body ended before its end: " + e.getMessage());
        }
        if (bytes.length == 0) {
            return Configs.JSON.createObjectNode();
        }
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).replace(" ", "").matches("application/json(;.*)?")) {
            throw new Refusal(415, "Content-Type: " + type + " is not read; send application/json");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return Configs.json(text, "the body");
        } catch (CharacterCodingException e) {
            throw new Refusal(400, "the body is no UTF-8");
        }
    }

    private Refusal tooLarge() {
        return new Refusal(413, "the body is larger than " + most + " bytes; send less at a time");
    }
}
