package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.Pointer;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A served model with edits on it: nothing of one request is there in the next, and nothing of any stays in memory. */
class ServeEditedTest {
    /** {@code -Dcalls=10000} asks more often than a build does. */
    private static final int CALLS = Integer.getInteger("calls", 400);

    private static final List<String> TEXTS = List.of(
            "the cat sat",
            "a tree grew",
            "the tree sat, a cat grew, a cat sat, the tree grew",
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

    /** The texts at even places are told otherwise from here on. */
    private static void edit(ServedModel served) {
        for (int i = 0; i < TEXTS.size(); i += 2) {
            ObjectNode before = served.ask(TEXTS.get(i));
            assertThat(served.edit(TEXTS.get(i), ServedModel.other(before)).status())
                    .isEqualTo(200);
        }
    }

    private static List<ObjectNode> alone(ServedModel served) {
        return TEXTS.stream().map(served::ask).toList();
    }

    private static List<ObjectNode> together(ServedModel served, List<String> texts) {
        ObjectNode all = Configs.JSON.createObjectNode();
        texts.forEach(all.putArray("texts")::add);
        var answers = new ArrayList<ObjectNode>();
        served.post("/predict", all).body().path("answers").forEach(answer -> answers.add((ObjectNode) answer));
        return answers;
    }

    @Test
    void answersAreAlikeAloneInAPaddedBatchAndAfterAnyOther() {
        try (ServedModel served = serve()) {
            edit(served);
            List<ObjectNode> expected = alone(served);
            for (int i = 0; i < TEXTS.size(); i++) {
                assertThat(expected.get(i).has("edit")).as(TEXTS.get(i)).isEqualTo(i % 2 == 0);
            }
            assertThat(together(served, TEXTS)).isEqualTo(expected);
            for (int first = 0; first < TEXTS.size(); first++) { // each after each
                for (int next = 0; next < TEXTS.size(); next++) {
                    served.ask(TEXTS.get(first));
                    assertThat(served.ask(TEXTS.get(next))).isEqualTo(expected.get(next));
                    List<ObjectNode> both = together(served, List.of(TEXTS.get(first), TEXTS.get(next)));
                    assertThat(both).isEqualTo(List.of(expected.get(first), expected.get(next)));
                }
            }
            assertThat(served.remarks).isEmpty();
        }
    }

    @Test
    void codebooksAreExchangedWhileOthersAsk() throws ExecutionException, InterruptedException {
        List<ObjectNode> plain;
        try (ServedModel served =
                new ServedModel(root.resolve("c"), null, ServedModel.editing(root.resolve("other")))) {
            plain = alone(served);
        }
        String first = codebook(plain.get(0), "first");
        String second = codebook(plain.get(1), "second");
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try (ServedModel served = serve()) {
            var isDone = new AtomicBoolean();
            var asked = new ArrayList<Future<Integer>>();
            for (int client = 0; client < 4; client++) {
                asked.add(clients.submit(() -> {
                    int count = 0;
                    for (; !isDone.get(); count++) {
                        int i = count % TEXTS.size();
                        ObjectNode answer = served.ask(TEXTS.get(i));
                        if (answer.has("edit")) {
                            assertThat(i).isLessThan(2);
                            assertThat(answer.path("label").asString()).isEqualTo(ServedModel.other(plain.get(i)));
                        } else {
                            assertThat(answer).isEqualTo(plain.get(i));
                        }
                    }
                    return count;
                }));
            }
            for (int round = 0; round < 4; round++) {
                for (String directory : List.of(first, second)) {
                    assertThat(served.send("PUT", "/model", "{\"edits\": \"" + directory + "\"}")
                                    .status())
                            .isEqualTo(200);
                    int edited = directory.equals(first) ? 0 : 1;
                    assertThat(served.ask(TEXTS.get(edited)).has("edit")).isTrue();
                    assertThat(served.ask(TEXTS.get(1 - edited))).isEqualTo(plain.get(1 - edited));
                }
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

    /** A directory of edits with one. */
    private String codebook(ObjectNode answer, String name) {
        ObjectNode line =
                Configs.JSON.createObjectNode().put("text", answer.path("text").asString());
        sandbox.write("edits.jsonl", line.put("label", ServedModel.other(answer)) + "\n");
        List<String> words = sandbox.edit("c", "--layer", "layer.0.output.dense", "--set", "eps=0.01");
        words.set(words.indexOf(sandbox.path("out") + ""), sandbox.path(name) + "");
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return sandbox.path(name).toString();
    }

    @Test
    @EnabledOnOs(OS.LINUX) // the others do not say what is resident
    void nothingStaysInMemory() throws InterruptedException {
        try (ServedModel served = serve()) {
            edit(served);
            calls(served, CALLS / 4);
            long pointers = pointers();
            double resident = resident(served);
            calls(served, CALLS);
            assertThat(pointers())
                    .as("native objects after %d calls more", CALLS)
                    .isEqualTo(pointers);
            assertThat(resident(served) - resident)
                    .as("bytes of memory after %d calls more", CALLS)
                    .isLessThan(24 << 20);
        }
    }

    private static void calls(ServedModel served, int count) {
        for (int i = 0; i < count; i++) {
            switch (i % 8) {
                case 0 -> together(served, TEXTS);
                case 1 -> served.get("/edits");
                case 2 -> assertThat(served.edit("a cat", "stone").status()).isEqualTo(400);
                case 3 ->
                    served.edit(
                            TEXTS.get(0), served.ask(TEXTS.get(0)).path("label").asString()); // right already
                default -> served.ask(TEXTS.get(i % TEXTS.size()));
            }
        }
    }

    /** Objects of LibTorch that somebody holds, once all is quiet. */
    private static long pointers() throws InterruptedException {
        long before = -1;
        for (long now = Pointer.totalCount(); now != before; now = Pointer.totalCount()) {
            before = now;
            Thread.sleep(100); // whoever answered last closes its scope
        }
        return before;
    }

    private static double resident(ServedModel served) {
        System.gc();
        return served.send(served.request("/metrics").build())
                .body()
                .lines()
                .filter(line -> line.startsWith("process_resident_memory_bytes "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }
}
