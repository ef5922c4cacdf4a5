package org.counterweight.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a served classifier at a steady rate while edits arrive: {@code bench/java ServeLoad --url URL --token-file FILE
 * --words FILE [--rate 200] [--seconds 300] [--edits 500] [--texts 400]}. Requests leave on time whether or not earlier ones are
 * answered, and a latency counts from when its request was due.
 *
 * <p>Each text was asked alone before. Later its answer must be the same to its last digit, or an edit's own; and each edit that is
 * acknowledged is asked at once. Whatever else comes is counted as wrong.
 */
public final class ServeLoad {
    private static final int WORDS = 8; // of a text
    private static final double NEAR = 1.5e-4; // answers tell four digits, of which the last may be rounded otherwise

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newFixedThreadPool(4, ServeLoad::daemon))
            .build();
    private final ConcurrentLinkedQueue<Double> latencies = new ConcurrentLinkedQueue<>();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong byEdit = new AtomicLong();
    private final String url;
    private final String token;

    private ServeLoad(String url, String token) {
        this.url = url;
        this.token = token;
    }

    private static Thread daemon(Runnable work) {
        var thread = new Thread(work, "load");
        thread.setDaemon(true);
        return thread;
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        var options =
                new LinkedHashMap<>(Map.of("--rate", "200", "--seconds", "300", "--edits", "500", "--texts", "400"));
        for (int i = 0; i + 1 < words.length; i += 2) {
            options.put(words[i], words[i + 1]);
        }
        var load = new ServeLoad(
                given(options, "--url"),
                Files.readString(Path.of(given(options, "--token-file"))).strip());
        List<String> known = Files.readAllLines(Path.of(given(options, "--words")));
        load.run(
                texts(known, Integer.parseInt(given(options, "--texts")), 1),
                texts(known, Integer.parseInt(given(options, "--edits")), 2),
                Integer.parseInt(given(options, "--rate")),
                Integer.parseInt(given(options, "--seconds")));
    }

    private static String given(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is needed");
        }
        return value;
    }

    private static List<String> texts(List<String> words, int count, long seed) {
        SplittableRandom random = new Seed(seed).random();
        var texts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            var text = new StringBuilder();
            for (int word = 0; word < WORDS; word++) {
                text.append(word == 0 ? "" : " ").append(words.get(random.nextInt(words.size())));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private void run(List<String> texts, List<String> edits, int rate, int seconds)
            throws IOException, InterruptedException {
        var alone = new ArrayList<JsonNode>();
        for (String text : texts) {
            alone.add(
                    Configs.JSON.readTree(send("POST", "/predict", asked(text)).body()));
        }
        List<String> labels = alone.stream()
                .map(answer -> answer.path("label").asString())
                .distinct()
                .toList();
        say("before");
        var editing = new Thread(() -> edit(edits, labels, seconds), "edits");
        editing.setDaemon(true);
        editing.start();
        long begun = System.nanoTime();
        var pending = new ArrayList<CompletableFuture<?>>();
        for (long i = 0; i < (long) rate * seconds; i++) {
            long due = begun + i * 1_000_000_000L / rate;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            int which = (int) (i % texts.size());
            pending.add(client.sendAsync(
                            request("POST", "/predict", asked(texts.get(which))), HttpResponse.BodyHandlers.ofString())
                    .handle((response, error) -> {
                        latencies.add((System.nanoTime() - due) / 1e6);
                        if (error != null || response.statusCode() != 200) {
                            failed.incrementAndGet();
                        } else {
                            judge(Configs.JSON.readTree(response.body()), alone.get(which));
                        }
                        return null;
                    }));
            if (i % ((long) rate * 60) == 0 && i > 0) {
                say("after " + i / rate + " s");
                pending.removeIf(CompletableFuture::isDone);
            }
        }
        CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new)).join();
        editing.join(TimeUnit.SECONDS.toMillis(seconds));
        say("after all");
    }

    private void judge(JsonNode answer, JsonNode alone) {
        if (answer.has("edit")) {
            byEdit.incrementAndGet();
            return;
        }
        boolean same = answer.path("label").equals(alone.path("label"))
                && Math.abs(answer.path("probability").asDouble()
                                - alone.path("probability").asDouble())
                        < NEAR;
        if (!same) {
            wrong.incrementAndGet();
        }
    }

    private void edit(List<String> edits, List<String> labels, int seconds) {
        long begun = System.nanoTime();
        int done = 0;
        try {
            for (String text : edits) {
                long due = begun + done * TimeUnit.SECONDS.toNanos(seconds) / edits.size();
                TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
                String wanted = labels.get(done++ % labels.size());
                ObjectNode body = Configs.JSON
                        .createObjectNode()
                        .put("text", text)
                        .put("label", wanted)
                        .put("force", true);
                HttpResponse<String> response = send("POST", "/edit", body.toString());
                if (response.statusCode() != 200) {
                    failed.incrementAndGet();
                    continue;
                }
                boolean isRight =
                        Configs.JSON.readTree(response.body()).path("right").asBoolean();
                String told = Configs.JSON
                        .readTree(send("POST", "/predict", asked(text)).body())
                        .path("label")
                        .asString();
                if (isRight != told.equals(wanted)) {
                    wrong.incrementAndGet();
                }
            }
        } catch (IOException e) {
            failed.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.println(done + " edits");
    }

    private static String asked(String text) {
        return Configs.JSON.createObjectNode().put("text", text).toString();
    }

    private HttpRequest request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofSeconds(60))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return client.send(request(method, path, body), HttpResponse.BodyHandlers.ofString());
    }

    private void say(String when) throws IOException, InterruptedException {
        HttpRequest metrics =
                HttpRequest.newBuilder(URI.create(url + "/metrics")).build();
        String memory = Arrays.stream(client.send(metrics, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .split("\n"))
                .filter(line -> line.contains("resident") && !line.startsWith("#"))
                .findFirst()
                .orElse("");
        double[] sorted =
                latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%s: %d answers, p50 %.1f ms, p99 %.1f ms, longest %.0f ms; %d wrong, %d failed, %d by edits; %s%n",
                when,
                sorted.length,
                at(sorted, 0.5),
                at(sorted, 0.99),
                at(sorted, 1),
                wrong.get(),
                failed.get(),
                byEdit.get(),
                memory);
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }
}
