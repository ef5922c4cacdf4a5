package org.counterweight.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.serve.ServeSettings;
import org.counterweight.jobs.serve.Server;
import org.counterweight.jobs.serve.answer.EditedAnswers.Editing;
import org.counterweight.jobs.serve.answer.Limits;
import org.counterweight.jobs.serve.http.Token;
import org.counterweight.model.zoo.Architectures;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A small model that is served in this process, and one who asks it. */
final class ServedModel implements AutoCloseable {
    static final String TOKEN = "a-token-for-the-tests";

    private static final Limits LIMITS = new Limits(200, 20, 4096, Duration.ofSeconds(20));

    private final HttpClient client = HttpClient.newHttpClient();
    private final Server server;

    /** What the server said to the one who runs it. */
    final List<String> remarks = new ArrayList<>();

    /** What was answered. */
    record Answer(int status, ObjectNode body) {}

    ServedModel(Path model, @Nullable Path adapter, Editing editing) {
        var settings = new ServeSettings(model, adapter, null, null, editing, "127.0.0.1", 0, LIMITS);
        server = Server.open(settings, new Token(TOKEN), remarks::add);
    }

    /** Takes edits at the first layer of a small encoder. */
    static Editing editing(Path log) {
        return new Editing(
                Configs.bind(
                        Configs.yaml("{layer: layer.0.output.dense, eps: 0.01, n_iter: 50}", "settings"),
                        GraceConfig.class,
                        "grace"),
                null,
                log);
    }

    /** A classifier of two layers whose weights are large enough that texts differ. */
    static void classifier(Sandbox sandbox, String name, long seed) {
        sandbox.model(name, "BertForSequenceClassification", Map.of("num_hidden_layers", 2));
        try (var scope = Scope.open()) {
            var weights =
                    new LinkedHashMap<>(Architectures.of(Configs.json(sandbox.read(name + "/config.json"), "config"))
                            .initialize(new Seed(seed).generator()));
            weights.replaceAll((weight, tensor) -> tensor.dim() < 2 ? tensor : Tensors.times(tensor, 12));
            sandbox.weights(name + "/model.safetensors", weights);
        }
    }

    /** The other of the two classes. */
    static String other(ObjectNode answer) {
        return answer.path("label").asString("").equals("animal") ? "plant" : "animal";
    }

    String url() {
        return server.url();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(60));
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Answer json(HttpRequest request) {
        HttpResponse<String> response = send(request);
        return new Answer(response.statusCode(), Configs.json(response.body(), "answer"));
    }

    Answer get(String path) {
        return json(request(path).build());
    }

    /** With the token. */
    Answer send(String method, String path, String body) {
        return json(request(path)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + TOKEN)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    Answer post(String path, ObjectNode body) {
        return send("POST", path, body.toString());
    }

    /** What the model answers a text, which it must. */
    ObjectNode ask(String text) {
        Answer answer = post("/predict", Configs.JSON.createObjectNode().put("text", text));
        if (answer.status() != 200) {
            throw new AssertionError(answer);
        }
        return answer.body();
    }

    Answer edit(String text, String label) {
        return post("/edit", Configs.JSON.createObjectNode().put("text", text).put("label", label));
    }

    @Override
    public void close() {
        server.close();
    }
}
