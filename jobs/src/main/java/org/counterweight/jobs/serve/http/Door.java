package org.counterweight.jobs.serve.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.jobs.serve.answer.Busy;
import org.counterweight.jobs.serve.answer.Limits;
import org.counterweight.train.state.TrainingException;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * Listens, reads requests within {@link Limits}, and answers every one of them, be it with why it cannot be done: {@code
 * {"error": "…"}}.
 */
public final class Door implements AutoCloseable {
    private static final int THREADS = 128;
    private static final int CONNECTIONS = 1024;

    /** Nothing of another origin is loaded by a page of ours, nor is it shown in another's. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final HttpServer server;
    private final ExecutorService threads;
    private final List<Route> routes;
    private final Token token;
    private final RequestReader reader;
    private final Metrics metrics;
    private final Consumer<String> remarks;

    private Door(
            HttpServer server,
            List<Route> routes,
            Token token,
            Limits limits,
            Metrics metrics,
            Consumer<String> remarks) {
        this.server = server;
        this.routes = List.copyOf(routes);
        this.token = token;
        this.reader = new RequestReader(
                limits.body(), server.getAddress().getAddress().isLoopbackAddress());
        this.metrics = metrics;
        this.remarks = remarks;
        var number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            var thread = new Thread(task, "request-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Opens the door.
     *
     * @param address to listen at; port 0 for any that is free
     * @param remarks takes what failed, for the one who runs the server
     * @throws ConfigException if nobody can listen there
     */
    public static Door open(
            InetSocketAddress address,
            List<Route> routes,
            Token token,
            Limits limits,
            Metrics metrics,
            Consumer<String> remarks) {
        setOnce("sun.net.httpserver.nodelay", "true"); // else small answers wait for the peer's acknowledgement
        setOnce("sun.net.httpserver.maxReqTime", String.valueOf(limits.time().toSeconds()));
        setOnce(
                "sun.net.httpserver.maxRspTime",
                String.valueOf(2 * limits.time().toSeconds()));
        setOnce("jdk.httpserver.maxConnections", String.valueOf(CONNECTIONS));
        if (address.isUnresolved()) {
            throw new ConfigException(
                    "--host", address.getHostString(), "a name or number of this machine; 127.0.0.1 is usual");
        }
        try {
            HttpServer server = HttpServer.create(address, 0);
            var door = new Door(server, routes, token, limits, metrics, remarks);
            server.createContext("/", door::handle);
            server.setExecutor(door.threads);
            server.start();
            return door;
        } catch (IOException e) {
            throw new ConfigException(
                    "--port: nothing can listen at " + address.getHostString() + ":" + address.getPort() + ": "
                            + e.getMessage() + "; take another port, or 0 for any that is free",
                    e);
        }
    }

    /** The JDK's server reads its limits from there, before the first is made. */
    private static void setOnce(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) {
        long begun = System.nanoTime();
        String name = "none";
        try (exchange) {
            Reply reply;
            try {
                Route route = route(exchange);
                name = route.path();
                reply = route.answer().apply(reader.read(exchange, route));
            } catch (RuntimeException e) {
                reply = refused(exchange, e);
            }
            send(exchange, reply);
            metrics.record(name, reply.status(), System.nanoTime() - begun);
        } catch (IOException e) {
            metrics.record(name, 499, System.nanoTime() - begun); // whoever asked has gone
        }
    }

    private Route route(HttpExchange exchange) {
        reader.checkHost(exchange);
        String path = Objects.requireNonNullElse(exchange.getRequestURI().getPath(), "");
        List<Route> there = routes.stream().filter(route -> route.fits(path)).toList();
        if (there.isEmpty()) {
            throw new Refusal(
                    404,
                    "there is nothing at " + path + "; there is "
                            + routes.stream()
                                    .map(route -> route.method() + " " + route.path())
                                    .collect(Collectors.joining(", ")));
        }
        String methods = there.stream().map(Route::method).collect(Collectors.joining(", "));
        Route route = there.stream()
                .filter(one -> one.method().equals(exchange.getRequestMethod()))
                .findFirst()
                .orElseThrow(() -> {
                    exchange.getResponseHeaders().set("Allow", methods);
                    return new Refusal(405, path + " takes " + methods + ", not " + exchange.getRequestMethod());
                });
        if (route.isGuarded() && !token.isShownBy(exchange.getRequestHeaders().getFirst("Authorization"))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            throw new Refusal(
                    401,
                    "this changes the model, and takes the token that the server was started with, as"
                            + " Authorization: Bearer TOKEN");
        }
        return route;
    }

    private Reply refused(HttpExchange exchange, RuntimeException e) {
        if (e instanceof Refusal refusal) {
            if (refusal.status() == 413) {
                exchange.getResponseHeaders().set("Connection", "close"); // the rest of the body is not read
            }
            return error(refusal.status(), refusal.getMessage());
        }
        if (e instanceof Busy) {
            exchange.getResponseHeaders().set("Retry-After", "1");
            return error(503, e.getMessage());
        }
        if (e instanceof ConfigException || e instanceof DataException || e instanceof WeightsException) {
            return error(400, e.getMessage());
        }
        if (e instanceof TrainingException) {
            return error(422, e.getMessage());
        }
        var trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        remarks.accept(trace.toString().strip());
        return error(
                500,
                e instanceof UncheckedIOException ? e.getMessage() : "the server failed; its standard error says why");
    }

    private static Reply error(int status, @Nullable String message) {
        return Reply.json(
                status, Configs.JSON.createObjectNode().put("error", message == null ? "no more is known" : message));
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", reply.type());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Content-Security-Policy", POLICY);
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(reply.status(), isHead ? -1 : reply.body().length);
        if (!isHead) {
            exchange.getResponseBody().write(reply.body());
        }
    }

    /** Nobody new comes in; those who wait are answered. */
    @Override
    public void close() {
        server.stop(1);
        threads.shutdownNow();
    }
}
