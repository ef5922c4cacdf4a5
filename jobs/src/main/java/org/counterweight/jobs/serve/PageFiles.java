package org.counterweight.jobs.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.counterweight.jobs.serve.http.Reply;
import org.counterweight.jobs.serve.http.Route;

/** The page at {@code /}: to ask the model, to see which edit answered, and to correct a mistake. */
final class PageFiles {
    private PageFiles() {}

    static List<Route> routes() {
        return List.of(
                route("/", "page.html", "text/html"),
                route("/page.js", "page.js", "text/javascript"),
                route("/page.css", "page.css", "text/css"));
    }

    private static Route route(String path, String file, String type) {
        Reply reply = Reply.text(type, text(file));
        return Route.get(path, asking -> reply);
    }

    private static String text(String file) {
        try (InputStream in = PageFiles.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the page's " + file + " was not packed");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
