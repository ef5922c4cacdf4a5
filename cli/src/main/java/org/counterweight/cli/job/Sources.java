package org.counterweight.cli.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.data.fetch.Fetcher;
import org.counterweight.data.fetch.Holding;
import org.counterweight.data.fetch.Holdings;

/** From a name in a recipe to the directory where the thing lies: the catalogue's, fetched if need be, or the user's own. */
final class Sources {
    private Sources() {}

    /** The directory of a model; a directory of the user's comes before a name of the catalogue. */
    static Path model(String name, Fetcher fetcher) {
        Path own = Path.of(name);
        return Files.isDirectory(own) ? own : fetcher.fetch(holding(name, Holding.Kind.MODEL, "model.name"));
    }

    /** The directory of a set of texts. */
    static Path texts(String name, Fetcher fetcher) {
        return fetcher.fetch(holding(name, Holding.Kind.TEXTS, "data.name"));
    }

    /** Refuses a name that is neither in the catalogue nor a directory. */
    static void checkModel(String name) {
        if (!Files.isDirectory(Path.of(name))) {
            holding(name, Holding.Kind.MODEL, "model.name");
        }
    }

    /** Refuses a name that is not in the catalogue. */
    static void checkTexts(String name) {
        holding(name, Holding.Kind.TEXTS, "data.name");
    }

    private static Holding holding(String name, Holding.Kind kind, String field) {
        List<String> names = Holdings.all().stream()
                .filter(holding -> holding.kind() == kind)
                .map(Holding::name)
                .toList();
        if (!names.contains(name)) {
            String nearest = Nearest.to(name, names);
            throw new ConfigException(field + ": \"" + name + "\" is no directory and not in the catalogue"
                    + (nearest == null ? "" : "; did you mean \"" + nearest + "\"?") + " Known: "
                    + String.join(", ", names));
        }
        return Holdings.named(name);
    }
}
