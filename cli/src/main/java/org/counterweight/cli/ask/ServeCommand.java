package org.counterweight.cli.ask;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.counterweight.cli.option.GraceOptions;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.serve.ServeSettings;
import org.counterweight.jobs.serve.Server;
import org.counterweight.jobs.serve.answer.EditedAnswers.Editing;
import org.counterweight.jobs.serve.answer.Limits;
import org.counterweight.jobs.serve.http.Token;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves a model over HTTP, and edits it meanwhile. */
@Command(
        name = "serve",
        description = {
            "Serves a model of texts over HTTP: POST /predict answers as cw predict does, POST /edit corrects an answer"
                    + " without a restart, and a page at / does both.",
            "Edits need a token, and are on disk before they are acknowledged: a server that is killed comes back with"
                    + " all of them. PUT /model exchanges adapters, edits, or two models that answer together."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./cw serve runs/quickstart/merged",
            "  ./cw serve runs/quickstart/merged --layer layer.4.output.dense --set eps=0.5 --log runs/served"
        })
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "directory of a model of texts, or its name in the catalogue")
    private Path model;

    @Option(names = "--adapter", paramLabel = "DIR", description = "an adapter to attach to the model")
    private @Nullable Path adapter;

    @Option(
            names = "--dawin",
            paramLabel = "DIR",
            description = "a second classifier of the same base: each text is answered by a mixture of the two")
    private @Nullable Path dawin;

    @Option(names = "--edits", paramLabel = "DIR", description = "edits made by cw edit, to start with")
    private @Nullable Path edits;

    @Option(
            names = "--log",
            paramLabel = "DIR",
            description = "directory for edits, kept apart for each model; without it, no edits are accepted")
    private @Nullable Path log;

    @Mixin
    private GraceOptions grace;

    @Option(names = "--host", paramLabel = "NAME", description = "name to listen at (default: ${DEFAULT-VALUE})")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "port to listen at, 0 for any free one (default: ${DEFAULT-VALUE})")
    private int port = 8080;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "a file with the token required to change the model (default: a new one is printed)")
    private @Nullable Path tokenFile;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "most tokens of a text; longer ones are cut (default: as in cw predict)")
    private @Nullable Integer maxLength;

    @Option(names = "--queue", paramLabel = "N", description = "most texts that may wait (default: ${DEFAULT-VALUE})")
    private int queue = 1024;

    @Option(
            names = "--max-texts",
            paramLabel = "N",
            description = "most texts in a request (default: ${DEFAULT-VALUE})")
    private int maxTexts = 256;

    @Option(names = "--max-body", paramLabel = "N", description = "most bytes in a request (default: ${DEFAULT-VALUE})")
    private int maxBody = 1 << 20;

    @Option(
            names = "--timeout",
            paramLabel = "N",
            description = "seconds that a request may take (default: ${DEFAULT-VALUE})")
    private int timeout = 30;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (maxLength != null && maxLength < 2) {
            throw new ConfigException("--max-length", maxLength, "an integer of at least 2 (64 to 512 is usual)");
        }
        if (log != null) {
            Destination.check(log, "--log");
        }
        PrintWriter err = spec.commandLine().getErr();
        var editing = new Editing(grace.areGiven() ? grace.config(err) : null, edits, log);
        var limits = new Limits(queue, maxTexts, maxBody, Duration.ofSeconds(timeout));
        var settings = new ServeSettings(Sources.local(model), adapter, dawin, maxLength, editing, host, port, limits);
        Token token = tokenFile == null ? Token.drawn() : Token.read(tokenFile);
        try (Server server = Server.open(settings, token, this::say)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("Serving   " + model + " at " + server.url());
            if (tokenFile == null) {
                out.println("Token     " + token.secret());
            }
            out.flush();
            untilAsked(server);
        }
        return 0;
    }

    /** Serves until the process is asked to end, which leaves what waits its answers. */
    private static void untilAsked(Server server) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "closes the server"));
        new CountDownLatch(1).await();
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
