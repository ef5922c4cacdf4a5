package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.counterweight.config.Configs;
import org.counterweight.jobs.serve.answer.EditedAnswers.Editing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A served model answers as {@code cw predict} does, whoever else asks, and is edited and exchanged meanwhile. */
class ServeRunTest {
    private static final List<String> TEXTS = List.of(
            "the cat sat",
            "a tree grew",
            "the tree sat, a cat grew",
            "a cat",
            "the the tree",
            "a",
            "cat cat cat cat cat a");

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeAModel() {
        sandbox = Sandbox.in(root);
        ServedModel.classifier(sandbox, "c", 3);
    }

    private ServedModel serve() {
        return new ServedModel(root.resolve("c"), null, ServedModel.editing(root.resolve("log")));
    }

    private List<ObjectNode> predicted(String model, String... more) {
        var words = new ArrayList<>(List.of("predict", sandbox.path(model) + ""));
        TEXTS.forEach(text -> words.addAll(List.of("--text", text)));
        words.addAll(List.of(more));
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran.out().lines().map(line -> Configs.json(line, "answer")).toList();
    }

    @Test
    void answersAreThoseOfPredictAloneAndTogether() {
        List<ObjectNode> expected = predicted("c");
        try (ServedModel served = serve()) {
            for (int i = 0; i < TEXTS.size(); i++) {
                assertThat(served.ask(TEXTS.get(i))).isEqualTo(expected.get(i));
            }
            ObjectNode all = Configs.JSON.createObjectNode();
            TEXTS.forEach(all.putArray("texts")::add);
            ObjectNode answers = served.post("/predict", all).body();
            for (int i = 0; i < TEXTS.size(); i++) {
                assertThat(answers.path("answers").path(i)).isEqualTo(expected.get(i));
            }
            ObjectNode most =
                    Configs.JSON.createObjectNode().put("text", TEXTS.get(0)).put("top", 2);
            assertThat(served.post("/predict", most).body())
                    .isEqualTo(predicted("c", "--top", "2").get(0));
            assertThat(served.get("/health").body().path("status").asString()).isEqualTo("ok");
            assertThat(served.send(served.request("/metrics").build()).body())
                    .contains("cw_requests_total{route=\"/predict\",status=\"200\"} 9", "cw_texts_total 15.0");
            assertThat(served.send(served.request("/").build()).body()).contains("page.js");
            assertThat(served.remarks).isEmpty();
        }
    }

    @Test
    void editsAreMadeListedTakenBackAndThereAfterARestart() {
        try (ServedModel served = serve()) {
            ObjectNode before = served.ask(TEXTS.get(0));
            ObjectNode second = served.ask(TEXTS.get(1));
            ObjectNode made =
                    served.edit(TEXTS.get(0), ServedModel.other(before)).body();
            assertThat(made.path("action").asString()).isEqualTo("add");
            assertThat(made.path("right").asBoolean()).isTrue();
            assertThat(served.ask(TEXTS.get(0)).path("label").asString()).isEqualTo(ServedModel.other(before));
            assertThat(served.ask(TEXTS.get(0)).path("edit").asInt(-1)).isZero();
            assertThat(served.ask(TEXTS.get(1))).isEqualTo(second);
            assertThat(served.edit(TEXTS.get(0), ServedModel.other(before))
                            .body()
                            .path("action")
                            .asString())
                    .isEqualTo("none");
            served.edit(TEXTS.get(1), ServedModel.other(second));
            ObjectNode list = served.get("/edits").body();
            assertThat(list.path("entries").asInt()).isEqualTo(2);
            assertThat(list.at("/edits/0/text").asString()).isEqualTo(TEXTS.get(0));
            assertThat(list.at("/edits/0/wanted").asString()).isEqualTo(ServedModel.other(before));
            assertThat(list.at("/edits/0/hits").asInt()).isPositive();
            assertThat(list.at("/edits/0/nearest").asDouble()).isPositive();
            assertThat(served.get("/edits?from=1&limit=1").body().path("edits").size())
                    .isEqualTo(1);

            assertThat(served.send("DELETE", "/edits/0", "").status()).isEqualTo(200);
            assertThat(served.ask(TEXTS.get(0))).isEqualTo(before);
            assertThat(served.ask(TEXTS.get(1)).path("edit").asInt()).isEqualTo(1);
            assertThat(served.send("POST", "/edits/rollback", "{\"edits\": 1}").status())
                    .isEqualTo(200);
            assertThat(served.get("/edits").body().path("entries").asInt()).isEqualTo(1);
            assertThat(served.ask(TEXTS.get(1))).isEqualTo(second);
        }
        try (ServedModel again = serve()) {
            assertThat(again.get("/edits").body().path("entries").asInt()).isEqualTo(1);
            assertThat(again.ask(TEXTS.get(0)).path("edit").asInt(-1)).isZero();
            assertThat(again.remarks).isEmpty();
        }
    }

    /** Whoever asks sees the codebook before an edit or after it, and no request fails. */
    @Test
    void thirtyTwoAskAtOnceWhileEditsAreMade() throws ExecutionException, InterruptedException {
        List<ObjectNode> before = predicted("c");
        ExecutorService clients = Executors.newFixedThreadPool(32);
        try (ServedModel served = serve()) {
            var isDone = new AtomicBoolean();
            var asked = new ArrayList<Future<Integer>>();
            for (int client = 0; client < 32; client++) {
                int first = client;
                Callable<Integer> asks = () -> {
                    int count = 0;
                    for (int i = first; !isDone.get() || count < 5; i++, count++) {
                        int text = i % TEXTS.size();
                        ObjectNode answer = served.ask(TEXTS.get(text));
                        boolean isEdited = answer.has("edit");
                        if (isEdited) {
                            assertThat(text).isLessThan(3);
                            assertThat(answer.path("label").asString()).isEqualTo(ServedModel.other(before.get(text)));
                        } else {
                            assertThat(answer).isEqualTo(before.get(text));
                        }
                    }
                    return count;
                };
                asked.add(clients.submit(asks));
            }
            for (int i = 0; i < 3; i++) {
                assertThat(served.edit(TEXTS.get(i), ServedModel.other(before.get(i)))
                                .body()
                                .path("right")
                                .asBoolean())
                        .isTrue();
            }
            isDone.set(true);
            for (Future<Integer> client : asked) {
                assertThat(client.get()).isGreaterThanOrEqualTo(5);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(served.ask(TEXTS.get(i)).path("edit").asInt(-1)).isEqualTo(i);
            }
            assertThat(served.remarks).isEmpty();
        } finally {
            clients.shutdownNow();
        }
    }

    /** Adapters, edits and a second model, each put on while others ask. */
    @Test
    void whatAnswersIsExchangedWithoutAFailedRequest() throws ExecutionException, InterruptedException {
        ServedModel.classifier(sandbox, "d", 4);
        String adapter = adapter();
        List<ObjectNode> plain = predicted("c");
        List<ObjectNode> adapted = predicted("c", "--adapter", adapter);
        assertThat(adapted).isNotEqualTo(plain);
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try (ServedModel served = serve()) {
            var isDone = new AtomicBoolean();
            var asked = new ArrayList<Future<Integer>>();
            for (int client = 0; client < 4; client++) {
                asked.add(clients.submit(() -> {
                    int count = 0;
                    for (; !isDone.get(); count++) {
                        ObjectNode answer = served.ask(TEXTS.get(count % TEXTS.size()));
                        assertThat(answer.has("label")).isTrue();
                    }
                    return count;
                }));
            }
            served.edit(TEXTS.get(0), ServedModel.other(plain.get(0)));
            for (int round = 0; round < 3; round++) {
                put(served, "{\"adapter\": \"" + adapter + "\"}");
                assertThat(served.get("/edits").body().path("entries").asInt()).isZero();
                for (int i = 0; i < TEXTS.size(); i++) {
                    assertThat(served.ask(TEXTS.get(i))).isEqualTo(adapted.get(i));
                }
                put(served, "{\"adapter\": null}");
                assertThat(served.ask(TEXTS.get(0)).path("edit").asInt(-1)).isZero();
                assertThat(served.ask(TEXTS.get(1))).isEqualTo(plain.get(1));
                put(served, "{\"dawin\": \"" + sandbox.path("d") + "\"}");
                assertThat(served.ask(TEXTS.get(2)).path("dawin").asDouble(-1)).isBetween(0.0, 1.0);
                assertThat(served.edit(TEXTS.get(2), "plant").status()).isEqualTo(409);
                put(served, "{\"dawin\": null}");
            }
            isDone.set(true);
            for (Future<Integer> client : asked) {
                assertThat(client.get()).isPositive();
            }
            assertThat(served.remarks).isEmpty();
        } finally {
            clients.shutdownNow();
        }
    }

    private static void put(ServedModel served, String body) {
        var answer = served.send("PUT", "/model", body);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    private String adapter() {
        sandbox.write(
                "recipe.yaml",
                sandbox.goodRecipe()
                        .replace("/model\n", "/c\n")
                        .replace("lr: 1e-3", "lr: 5e-2")
                        .replace("/out", "/run"));
        Ran ran = Ran.cw("run", sandbox.path("recipe.yaml") + "");
        assertThat(ran.status()).as(ran.err()).isZero();
        return sandbox.path("run/adapter").toString();
    }

    /** Edits of {@code cw edit} go on a server that has none, or whose own are kept aside. */
    @Test
    void editsOfADirectoryArePutOn() {
        ObjectNode before = predicted("c").get(0);
        sandbox.write(
                "edits.jsonl",
                Configs.JSON.createObjectNode().put("text", TEXTS.get(0)).put("label", ServedModel.other(before))
                        + "\n");
        Ran ran = Ran.cw(sandbox.edit("c", "--layer", "layer.0.output.dense", "--set", "eps=0.01")
                .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        String body = "{\"edits\": \"" + sandbox.path("out") + "\"}";
        List<ObjectNode> expected = predicted("c", "--edits", sandbox.path("out") + "");
        try (ServedModel served = new ServedModel(root.resolve("c"), null, Editing.NONE)) {
            put(served, body);
            assertThat(served.ask(TEXTS.get(0))).isEqualTo(expected.get(0));
            assertThat(served.edit(TEXTS.get(1), "plant").status()).isEqualTo(409);
        }
        try (ServedModel served = serve()) {
            served.edit(TEXTS.get(1), "plant");
            served.edit(TEXTS.get(1), "animal");
            put(served, body);
            assertThat(served.get("/edits").body().path("entries").asInt()).isEqualTo(1);
            assertThat(served.ask(TEXTS.get(0))).isEqualTo(expected.get(0));
        }
        try (ServedModel again =
                new ServedModel(root.resolve("c"), null, new Editing(null, root.resolve("out"), root.resolve("log")))) {
            assertThat(again.ask(TEXTS.get(0))).isEqualTo(expected.get(0));
            put(again, "{\"adapter\": \"" + adapter() + "\"}"); // its edits are made as those before
            assertThat(again.edit(TEXTS.get(1), "plant").status()).isEqualTo(200);
        }
    }
}
