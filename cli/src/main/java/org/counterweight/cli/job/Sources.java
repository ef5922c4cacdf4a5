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
        return Files.isDirectory(own) ? own : fetcher.fetch(holding(name, "model.name", Holding.Kind.MODEL));
    }

    /** The directory of a set of texts. */
    static Path texts(String name, Fetcher fetcher) {
        return fetcher.fetch(holding(name, "data.name", Holding.Kind.TEXTS));
    }

    /** The directory of texts without classes, or with ones that are of no account. */
    static Path documents(String name, Fetcher fetcher) {
        return fetcher.fetch(holding(name, "data.name", Holding.Kind.DOCUMENTS, Holding.Kind.TEXTS));
    }

    /** Refuses a name that is neither in the catalogue nor a directory. */
    static void checkModel(String name) {
        if (!Files.isDirectory(Path.of(name))) {
            holding(name, "model.name", Holding.Kind.MODEL);
        }
    }

    /** Refuses a name that is not in the catalogue. */
    static void checkTexts(String name) {
        holding(name, "data.name", Holding.Kind.TEXTS);
    }

    /** Refuses a name that is no set of texts in the catalogue. */
    static void checkDocuments(String name) {
        holding(name, "data.name", Holding.Kind.DOCUMENTS, Holding.Kind.TEXTS);
    }

    private static Holding holding(String name, String field, Holding.Kind... kinds) {
        List<String> names = Holdings.all().stream()
                .filter(holding -> List.of(kinds).contains(holding.kind()))
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
