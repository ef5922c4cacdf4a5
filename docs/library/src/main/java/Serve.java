import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.jobs.serve.ServeSettings;
import org.counterweight.jobs.serve.Server;
import org.counterweight.jobs.serve.answer.EditedAnswers.Editing;
import org.counterweight.jobs.serve.answer.Limits;
import org.counterweight.jobs.serve.http.Token;

final class Serve {
    /** A classifier is asked at a port of this machine, and put right while it is served. */
    static void serve(Path directory, String text, String label, Path log) throws IOException, InterruptedException {
        GraceConfig grace = Choice.named("grace", "{layer: layer.0.output.dense, n_iter: 20}", "serve", GraceConfig.class)
                .settings();
        var limits = new Limits(1024, 256, 1 << 20, Duration.ofSeconds(30));
        var settings = new ServeSettings(
                directory, null, null, null, new Editing(grace, null, log), "127.0.0.1", 0, limits);
        Token token = Token.drawn(); // of those who may change the model
        try (Server server = Server.open(settings, token, System.err::println)) {
            var asked = Configs.JSON.createObjectNode().put("text", text);
            System.out.println(post(server.url() + "/predict", token, asked.toString()));
            var edit = Configs.JSON.createObjectNode().put("text", text).put("label", label);
            System.out.println(post(server.url() + "/edit", token, edit.toString()));
            System.out.println(post(server.url() + "/predict", token, asked.toString()));
        }
    }

    private static String post(String url, Token token, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token.secret())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
