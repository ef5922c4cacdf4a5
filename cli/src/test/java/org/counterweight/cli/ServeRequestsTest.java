package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.node.ObjectNode;

/** What a server is asked wrongly is answered with what is wrong, and changes nothing. */
class ServeRequestsTest {
    private static final String JSON = "application/json";

    /**
     * A request with a fault.
     *
     * @param type of the body
     * @param says a part of the answer's message
     */
    private record Wrong(String method, String path, String type, String body, int status, String says) {
        Wrong(String method, String path, String body, int status, String says) {
            this(method, path, JSON, body, status, says);
        }
    }

    static final List<Wrong> WRONG = List.of(
            new Wrong("POST", "/predict", "{", 400, "the body:1: "),
            new Wrong("POST", "/predict", "", 400, "give either text, or texts"),
            new Wrong("POST", "/predict", "[]", 400, "expected keys and values"),
            new Wrong("POST", "/predict", "\"the cat\"", 400, "expected keys and values"),
            new Wrong("POST", "/predict", "{}", 400, "give either text, or texts"),
            new Wrong("POST", "/predict", "{\"text\": 3}", 400, "text: 3 is not allowed; expected a text"),
            new Wrong("POST", "/predict", "{\"text\": \" \"}", 400, "expected a text that is not empty"),
            new Wrong("POST", "/predict", "{\"text\": null}", 400, "give either text, or texts"),
            new Wrong("POST", "/predict", "{\"txt\": \"a\"}", 400, "\"txt\" is not known here; did you mean \"text\"?"),
            new Wrong("POST", "/predict", "{\"text\": \"a\", \"text\": \"b\"}", 400, "\"text\""),
            new Wrong("POST", "/predict", "{\"text\": \"a\", \"texts\": [\"b\"]}", 400, "give either text, or texts"),
            new Wrong("POST", "/predict", "{\"texts\": []}", 400, "texts: [] is not allowed"),
            new Wrong("POST", "/predict", "{\"texts\": \"a\"}", 400, "expected a list of texts"),
            new Wrong("POST", "/predict", "{\"texts\": [\"a\", 1]}", 400, "texts: 1 is not allowed"),
            new Wrong("POST", "/predict", "{\"text\": \"a\"} {}", 400, "the body"),
            new Wrong("POST", "/predict", "{\"text\": \"a\", \"top_k\": 3}", 400, "go with a decoder"),
            new Wrong("POST", "/predict", "{\"text\": \"a\", \"top\": 0}", 400, "expected an integer of at least 1"),
            new Wrong("POST", "/predict", "text/plain", "{\"text\": \"a\"}", 415, "send application/json"),
            new Wrong("POST", "/predict", "application/x-www-form-urlencoded", "text=a", 415, "send application/json"),
            new Wrong("POST", "/predict", "{\"text\": \"" + "a ".repeat(3000) + "\"}", 413, "larger than 4096 bytes"),
            new Wrong("POST", "/predict", "{\"texts\": [" + "\"a\", ".repeat(20) + "\"a\"]}", 413, "21 are more than"),
            new Wrong("POST", "/predict", "[".repeat(3000), 400, "the body"),
            new Wrong("POST", "/predict?text=a", "{}", 400, "give either text"),
            new Wrong("GET", "/predict", "", 405, "/predict takes POST, not GET"),
            new Wrong("DELETE", "/predict", "", 405, "/predict takes POST, not DELETE"),
            new Wrong("GET", "/nothing", "", 404, "there is nothing at /nothing; there is "),
            new Wrong("GET", "/edits/../../etc/passwd", "", 404, "there is nothing at"),
            new Wrong("GET", "/edits?limit=0", "", 400, "limit: 0 is not allowed; expected an integer from 1"),
            new Wrong("GET", "/edits?from=x", "", 400, "from: x is not allowed"),
            new Wrong("GET", "/edits?form=1", "", 400, "\"form\" is not known here; did you mean \"from\"?"),
            new Wrong("GET", "/edits?from=1&from=2", "", 400, "the query has from twice"),
            new Wrong("POST", "/edit", "{\"text\": \"a cat\"}", 400, "there is no label, nor target_new"),
            new Wrong("POST", "/edit", "{\"label\": \"plant\"}", 400, "there is no text, nor prompt"),
            new Wrong("POST", "/edit", "{\"text\": \"a cat\", \"label\": \"plnt\"}", 400, "did you mean \"plant\"?"),
            new Wrong(
                    "POST",
                    "/edit",
                    "{\"text\": \"a cat\", \"label\": \"plant\", \"force\": 1}",
                    400,
                    "force: 1 is not allowed; expected true or false"),
            new Wrong("DELETE", "/edits/7", "", 404, "there is no edit 7"),
            new Wrong("DELETE", "/edits/seven", "", 400, "\"seven\" is no id of an edit"),
            new Wrong("DELETE", "/edits/7?restore_radius=1", "", 400, "restore_radius: 1 is not allowed"),
            new Wrong("POST", "/edits/rollback", "{\"edits\": 0}", 400, "expected an integer of at least 1"),
            new Wrong("POST", "/edits/rollback", "{\"edits\": 3}", 400, "rollback"),
            new Wrong("PUT", "/model", "{}", 400, "give adapter, a directory or null"),
            new Wrong("PUT", "/model", "{\"adapter\": \"/nowhere/at/all\"}", 400, "there is no such directory"),
            new Wrong("PUT", "/model", "{\"dawin\": \"/nowhere/at/all\"}", 400, "/nowhere/at/all"),
            new Wrong("PUT", "/model", "{\"edits\": \"/nowhere/at/all\"}", 400, "has no codebook.safetensors"),
            new Wrong("PUT", "/model", "{\"adapter\": \"a\", \"dawin\": \"b\"}", 400, "give adapter"));

    @TempDir
    private static Path root;

    private static ServedModel served;
    private static ObjectNode before;

    @BeforeAll
    static void serve() {
        ServedModel.classifier(Sandbox.in(root), "c", 3);
        served = new ServedModel(root.resolve("c"), null, ServedModel.editing(root.resolve("log")));
        before = served.ask("the cat sat");
    }

    @AfterAll
    static void close() {
        assertThat(served.remarks).isEmpty();
        served.close();
    }

    @ParameterizedTest(name = "{index} {0}")
    @FieldSource("WRONG")
    void isRefused(Wrong wrong) {
        HttpRequest.Builder request = served.request(wrong.path())
                .header("Authorization", "Bearer " + ServedModel.TOKEN)
                .header("Content-Type", wrong.type())
                .method(
                        wrong.method(),
                        wrong.body().isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(wrong.body()));
        HttpResponse<String> answer = served.send(request.build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(wrong.status());
        assertThat(Configs.json(answer.body(), "answer").path("error").asString())
                .contains(wrong.says())
                .doesNotContain("Exception");
        assertThat(served.ask("the cat sat")).isEqualTo(before);
        assertThat(served.get("/edits").body().path("entries").asInt()).isZero();
    }

    @Test
    void whatChangesTheModelTakesTheToken() {
        for (String shown : List.of("", "Bearer ", "Bearer wrong", "Basic " + ServedModel.TOKEN, ServedModel.TOKEN)) {
            for (List<String> guarded : List.of(
                    List.of("POST", "/edit"),
                    List.of("DELETE", "/edits/0"),
                    List.of("POST", "/edits/rollback"),
                    List.of("PUT", "/model"))) {
                HttpRequest.Builder request = served.request(guarded.get(1))
                        .header("Content-Type", JSON)
                        .method(guarded.get(0), HttpRequest.BodyPublishers.ofString("{}"));
                if (!shown.isEmpty()) {
                    request.header("Authorization", shown);
                }
                HttpResponse<String> answer = served.send(request.build());
                assertThat(answer.statusCode()).as("%s %s", guarded, shown).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            }
        }
    }

    /** What no client library would send. */
    @Test
    void broken() throws IOException {
        String get = "GET /health HTTP/1.1\r\nHost: ";
        assertThat(raw(get + "evil.example\r\n\r\n")).startsWith("HTTP/1.1 403").contains("is not this machine");
        assertThat(raw(get + "localhost:1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200");
        assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
        String post =
                "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";
        assertThat(raw(post + "Content-Length: 99999999999999\r\n\r\n{}")).startsWith("HTTP/1.1 413");
        assertThat(raw(post + "Content-Length: -3\r\n\r\n{}")).startsWith("HTTP/1.1 400");
        assertThat(raw(post + "Content-Length: 3\r\n\r\n\"\u00ff\""))
                .startsWith("HTTP/1.1 400")
                .contains("no UTF-8");
        assertThat(served.ask("the cat sat")).isEqualTo(before);
    }

    /** Sent as Latin 1, a byte a character; all that comes back. */
    private static String raw(String request) throws IOException {
        URI url = URI.create(served.url());
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
