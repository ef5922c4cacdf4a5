package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.counterweight.config.Configs;
import org.counterweight.edit.codebook.Action;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code cw serve} is killed while edits arrive, without a chance to tidy up, and comes back with every one that it answered.
 * {@code -Dkills=20} kills it more often than a build does.
 */
class ServeKilledTest {
    private static final int KILLS = Integer.getInteger("kills", 2);
    private static final List<String> WORDS = List.of("the", "a", "cat", "tree", "sat", "grew");

    @TempDir
    private Path root;

    private Sandbox sandbox;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void makeAModel() {
        sandbox = Sandbox.in(root);
        ServedModel.classifier(sandbox, "c", 3);
        sandbox.write("token", ServedModel.TOKEN + "\n");
    }

    /** A process that serves, and where. */
    private record Serving(Process process, String url) {}

    private Serving begin() throws IOException {
        Process process = KilledRunTest.java(
                        Cw.class,
                        List.of(),
                        List.of(
                                "serve",
                                sandbox.path("c") + "",
                                "--layer",
                                "layer.0.output.dense",
                                "--set",
                                "eps=0.01",
                                "--set",
                                "n_iter=3",
                                "--log",
                                sandbox.path("log") + "",
                                "--token-file",
                                sandbox.path("token") + "",
                                "--port",
                                "0"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String line = String.valueOf(lines.readLine());
        assertThat(line).contains(" at http://127.0.0.1:");
        return new Serving(process, line.replaceAll(".* at ", ""));
    }

    private ObjectNode send(Serving serving, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(serving.url() + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + ServedModel.TOKEN)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Configs.json(answer.body(), "answer");
    }

    /**
     * An edit that was answered.
     *
     * @param entry the id of the entry that serves it
     * @param isOwn whether that was made for it; a text that lies near another of the same label is served by that one's
     */
    private record Answered(String text, long entry, boolean isOwn) {}

    /** Edits until the server is gone, telling of each that is answered. */
    private List<Answered> edit(Serving serving, SplittableRandom random, CountDownLatch told)
            throws InterruptedException {
        var answered = new ArrayList<Answered>();
        try {
            while (true) {
                var text = new StringBuilder();
                for (int word = 0; word < 12; word++) {
                    text.append(word == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
                }
                ObjectNode body = Configs.JSON.createObjectNode().put("text", text.toString());
                body.put("label", random.nextBoolean() ? "animal" : "plant").put("force", true);
                ObjectNode answer = send(serving, "POST", "/edit", body.toString());
                Action action = Action.valueOf(answer.path("action").asString().toUpperCase(Locale.ROOT));
                answered.add(new Answered(text.toString(), answer.path("edit").asLong(), action.makesEntry()));
                told.countDown();
            }
        } catch (IOException e) {
            return answered;
        }
    }

    @Test
    void noEditThatWasAnsweredIsLost() throws IOException, InterruptedException {
        SplittableRandom random = new Seed(9).random();
        var all = new ArrayList<Answered>();
        int known = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Serving serving = begin();
            try {
                var told = new CountDownLatch(1 + random.nextInt(4));
                int delay = random.nextInt(40);
                var killer = new Thread(() -> {
                    try {
                        told.await();
                        Thread.sleep(delay);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    serving.process().destroyForcibly(); // SIGKILL
                });
                killer.start();
                all.addAll(edit(serving, random, told));
                killer.join();
                serving.process().waitFor();
            } finally {
                serving.process().destroyForcibly();
            }
            Serving again = begin();
            try {
                Map<Long, String> there = texts(again);
                long own = all.stream().filter(Answered::isOwn).count();
                for (Answered edit : all) {
                    assertThat(there).as(edit + " of " + all.size()).containsKey(edit.entry());
                    if (edit.isOwn()) {
                        assertThat(there).containsEntry(edit.entry(), edit.text());
                    }
                }
                assertThat((long) there.size()).isBetween(own, own + kill + 1);
                known = there.size();
            } finally {
                again.process().destroyForcibly();
                again.process().waitFor();
            }
        }
        assertThat(known).isGreaterThanOrEqualTo(KILLS);
    }

    /** Of all entries, by their ids. */
    private Map<Long, String> texts(Serving serving) throws IOException, InterruptedException {
        var texts = new LinkedHashMap<Long, String>();
        int entries;
        do {
            ObjectNode page = send(serving, "GET", "/edits?limit=500&from=" + texts.size(), "");
            entries = page.path("entries").asInt();
            page.path("edits")
                    .forEach(edit -> texts.put(
                            edit.path("edit").asLong(), edit.path("text").asString()));
        } while (texts.size() < entries);
        return texts;
    }
}
