package org.counterweight.jobs.serve;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.text.Passages;
import org.counterweight.edit.GraceConfig;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import org.counterweight.jobs.serve.answer.Answering;
import org.counterweight.jobs.serve.answer.Batcher;
import org.counterweight.jobs.serve.answer.DawinAnswers;
import org.counterweight.jobs.serve.answer.EditedAnswers;
import org.counterweight.jobs.serve.answer.Edits;
import org.counterweight.jobs.serve.answer.Served;
import org.counterweight.jobs.serve.http.Asking;
import org.counterweight.jobs.serve.http.Door;
import org.counterweight.jobs.serve.http.Metrics;
import org.counterweight.jobs.serve.http.Refusal;
import org.counterweight.jobs.serve.http.Reply;
import org.counterweight.jobs.serve.http.Route;
import org.counterweight.jobs.serve.http.Token;
import org.counterweight.model.generate.Generation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model that is served over HTTP until it is closed: {@code POST /predict}, {@code POST /edit}, {@code GET /edits}, {@code
 * DELETE /edits/ID}, {@code POST /edits/rollback}, {@code GET} and {@code PUT /model}, {@code GET /health}, {@code GET
 * /metrics}, and a page at {@code /}. What changes something takes the token.
 */
public final class Server implements AutoCloseable {
    private static final List<String> GENERATION = List.of("max_new_tokens", "temperature", "top_k", "top_p", "seed");

    private final ServeSettings settings;
    private final Consumer<String> remarks;
    private final Served served;
    private final Batcher batcher;
    private final Metrics metrics = new Metrics();
    private final Door door;
    private final long begun = System.nanoTime();

    /** How edits were made last, for models that are put on. */
    private @Nullable GraceConfig how;

    private Server(ServeSettings settings, Token token, Consumer<String> remarks) {
        this.settings = settings;
        this.remarks = remarks;
        this.served = new Served(opened(settings.adapter(), settings.dawin(), settings.editing()));
        try {
            this.batcher = new Batcher(served, settings.limits());
            try {
                gauges();
                this.door = Door.open(
                        new InetSocketAddress(settings.host(), settings.port()),
                        routes(),
                        token,
                        settings.limits(),
                        metrics,
                        remarks);
            } catch (RuntimeException e) {
                batcher.close();
                throw e;
            }
        } catch (RuntimeException e) {
            served.close();
            throw e;
        }
    }

    /**
     * Opens the model, and listens.
     *
     * @param token of those who may change it
     * @param remarks takes what the one who runs it should know, a line each
     * @throws ConfigException if the model cannot be served so, or nobody can listen there
     */
    public static Server open(ServeSettings settings, Token token, Consumer<String> remarks) {
        return new Server(settings, token, remarks);
    }

    private Answering opened(@Nullable Path adapter, @Nullable Path dawin, EditedAnswers.Editing editing) {
        return dawin != null
                ? DawinAnswers.open(settings.model(), dawin, settings.maxLength())
                : EditedAnswers.open(
                        settings.model(), adapter, settings.maxLength(), editing, settings.limits(), remarks);
    }

    /** Where it listens: {@code http://127.0.0.1:8080}. */
    public String url() {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return "http://" + host + ":" + door.address().getPort();
    }

    private List<Route> routes() {
        var routes = new ArrayList<>(PageFiles.routes());
        routes.add(Route.post("/predict", this::predict));
        routes.addAll(new EditsRoutes(served).all());
        routes.add(Route.get("/model", asking -> {
            asking.allow();
            return Reply.json(described());
        }));
        routes.add(Route.guarded("PUT", "/model", this::exchange));
        routes.add(Route.get("/health", asking -> {
            asking.allow();
            return Reply.json(health());
        }));
        routes.add(Route.get("/metrics", asking -> {
            asking.allow();
            return Reply.text("text/plain; version=0.0.4", metrics.text());
        }));
        return routes;
    }

    private Reply predict(Asking asking) {
        var known = new ArrayList<>(List.of("text", "texts", "pair", "pairs", "top"));
        known.addAll(GENERATION);
        asking.allow(known.toArray(String[]::new));
        Passages texts = asking.passages(settings.limits().texts());
        List<ObjectNode> answers = batcher.ask(texts, generation(asking), top(asking));
        if (asking.has("text")) {
            return Reply.json(answers.get(0));
        }
        ObjectNode json = Configs.JSON.createObjectNode();
        json.putArray("answers").addAll(answers);
        return Reply.json(json);
    }

    /** Of how many classes the probabilities are asked; 0 if of none. */
    private int top(Asking asking) {
        if (!asking.has("top")) {
            return 0;
        }
        if (described().path("classes").isEmpty()) {
            throw new Refusal(400, "top tells classes, and this model tells none; leave it out");
        }
        return asking.number("top", 1);
    }

    private @Nullable Generation generation(Asking asking) {
        ObjectNode given = Configs.JSON.createObjectNode();
        GENERATION.stream()
                .filter(asking::has)
                .forEach(key -> given.set(key, asking.body().get(key)));
        if (given.isEmpty()) {
            return null;
        }
        if (served.with(Answering::joins)) {
            throw new Refusal(400, "max_new_tokens and its like go with a decoder, and this model is none");
        }
        return Configs.bind(given, Generation.class, "");
    }

    private ObjectNode described() {
        return served.with(Answering::described);
    }

    private ObjectNode health() {
        return served.with(answering -> {
            Edits edits = answering.edits();
            ObjectNode json = Configs.JSON.createObjectNode().put("status", "ok");
            json.setAll(answering.described());
            return json.put("takes_edits", edits != null && edits.isOpen())
                    .put("edits", edits == null ? 0 : edits.book().size())
                    .put("seconds", (System.nanoTime() - begun) / 1_000_000_000);
        });
    }

    /** Puts another adapter, other edits or a second model on, while questions are answered. */
    private synchronized Reply exchange(Asking asking) {
        asking.allow("adapter", "dawin", "edits");
        Path adapter = path(asking, "adapter");
        Path dawin = path(asking, "dawin");
        Path edits = path(asking, "edits");
        if (asking.body().isEmpty() || (dawin != null && (adapter != null || edits != null))) {
            throw new Refusal(
                    400,
                    "give adapter, a directory or null, and edits, a directory; or dawin, that of a second"
                            + " classifier, or null");
        }
        served.use(answering -> {
            Edits present = answering.edits();
            how = present == null ? how : present.config();
        });
        EditedAnswers.Editing another = settings.editing().forAnother(how);
        if (asking.body().has("adapter") || asking.body().has("dawin")) {
            if (!isServed(adapter, dawin)) {
                served.exchange(opened(adapter, dawin, another));
            }
        }
        if (edits != null) {
            boolean loaded = served.with(answering -> {
                Edits present = answering.edits();
                if (present != null) {
                    present.load(edits);
                }
                return present != null;
            });
            if (!loaded) { // what was served had none
                String on = described().path("adapter").asString("");
                served.exchange(
                        opened(on.isEmpty() ? null : Path.of(on), null, new EditedAnswers.Editing(null, edits, null)));
            }
        }
        return Reply.json(described());
    }

    private boolean isServed(@Nullable Path adapter, @Nullable Path dawin) {
        ObjectNode now = described();
        return now.path("adapter").asString("").equals(adapter == null ? "" : adapter.toString())
                && now.path("dawin").asString("").equals(dawin == null ? "" : dawin.toString());
    }

    private static @Nullable Path path(Asking asking, String name) {
        return asking.has(name) ? Path.of(HomeDirectory.expanded(asking.text(name))) : null;
    }

    private void gauges() {
        metrics.gauge("cw_texts_waiting", batcher::waiting);
        metrics.gauge("cw_batches_total", batcher::batches);
        metrics.gauge("cw_texts_total", batcher::texts);
        metrics.gauge("cw_edits", () -> counted(edits -> edits.book().size()));
        metrics.gauge("cw_edit_hits_total", () -> counted(Edits::hits));
        metrics.gauge("process_resident_memory_bytes", ResidentMemory::bytes);
    }

    private double counted(ToDoubleFunction<Edits> figure) {
        return served.with(answering -> {
            Edits edits = answering.edits();
            return edits == null ? 0 : figure.applyAsDouble(edits);
        });
    }

    /** Nobody new comes in, who waits is answered, and what is open is closed. */
    @Override
    public void close() {
        door.close();
        batcher.close();
        served.close();
    }
}
