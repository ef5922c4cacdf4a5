package org.counterweight.jobs.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.data.text.Documents;
import org.counterweight.data.text.TextSet;
import org.counterweight.datasets.Cache;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holding;
import org.counterweight.datasets.Holdings;
import org.counterweight.jobs.model.adapter.AdapterDirectory;

/** From a name in a recipe to the directory where the thing lies: the catalogue's, fetched if need be, or the user's own. */
public final class Sources {
    private Sources() {}

    /**
     * A model that is here: a directory or file of the user's, or what lies in the cache under a name of the catalogue.
     *
     * @throws ConfigException if the name is the catalogue's, but nothing was fetched; or if it is an adapter's directory
     */
    public static Path local(Path path) {
        String name = path.toString();
        if (Files.exists(path) || !Holdings.contains(name)) {
            return noAdapter(path);
        }
        return Cache.ofUser()
                .find(name)
                .orElseThrow(() -> new ConfigException(
                        name + ": is in the catalogue, but not in the cache; cw data fetch " + name + " fetches it"));
    }

    private static Path noAdapter(Path path) {
        AdapterDirectory adapter = AdapterDirectory.at(path);
        if (adapter != null) {
            throw new ConfigException(path + ": is an adapter, not a model; name the model that it was made for"
                    + adapter.base().map(base -> ", " + base).orElse(""));
        }
        return path;
    }

    /** The directory of a model; a directory of the user's comes before a name of the catalogue. */
    public static Path model(String name, Fetcher fetcher) {
        Path own = Path.of(name);
        return Files.isDirectory(own) ? noAdapter(own) : fetcher.fetch(holding(name, "model.name", Holding.Kind.MODEL));
    }

    /** The directory of a set of texts. */
    static Path texts(String name, Fetcher fetcher) {
        return fetcher.fetch(holding(name, "data.name", Holding.Kind.TEXTS));
    }

    /** The directory of texts without classes, or with ones that are of no account. */
    public static Path documents(String name, Fetcher fetcher) {
        return fetcher.fetch(holding(name, "data.name", Holding.Kind.DOCUMENTS, Holding.Kind.TEXTS));
    }

    /** The texts of a corpus of the catalogue, or of a set of texts there. */
    public static List<String> corpus(String name, Fetcher fetcher) {
        Path directory = documents(name, fetcher);
        return Files.exists(directory.resolve("documents.jsonl"))
                ? Documents.read(directory)
                : TextSet.read(directory).train().texts();
    }

    /** The directory of a set of images. */
    public static Path images(String name, Fetcher fetcher) {
        return fetcher.fetch(holding(name, "data.name", Holding.Kind.IMAGES));
    }

    /** Refuses a name that is no set of images in the catalogue. */
    public static void checkImages(String name) {
        holding(name, "data.name", Holding.Kind.IMAGES);
    }

    /** Refuses a name that is neither in the catalogue nor a directory. */
    public static void checkModel(String name) {
        Path own = Path.of(name);
        if (Files.isDirectory(own)) {
            noAdapter(own);
        } else {
            holding(name, "model.name", Holding.Kind.MODEL);
        }
    }

    /** Refuses a name that is not in the catalogue. */
    public static void checkTexts(String name) {
        holding(name, "data.name", Holding.Kind.TEXTS);
    }

    /** Refuses a name that is no set of texts in the catalogue. */
    public static void checkDocuments(String name) {
        holding(name, "data.name", Holding.Kind.DOCUMENTS, Holding.Kind.TEXTS);
    }

    /** Refuses what is meant as a file of texts and is none, nor a set of texts in the catalogue. */
    public static void checkCorpus(String name) {
        known(
                name,
                "\"" + name + "\": there is no such file, and no such texts in the catalogue",
                Holding.Kind.DOCUMENTS,
                Holding.Kind.TEXTS);
    }

    private static Holding holding(String name, String field, Holding.Kind... kinds) {
        return known(name, field + ": \"" + name + "\" is no directory and not in the catalogue", kinds);
    }

    private static Holding known(String name, String refusal, Holding.Kind... kinds) {
        List<String> names = Holdings.all().stream()
                .filter(holding -> List.of(kinds).contains(holding.kind()))
                .map(Holding::name)
                .toList();
        if (!names.contains(name)) {
            throw new ConfigException(refusal + Nearest.hint(name, names, "Known:"));
        }
        return Holdings.named(name);
    }
}
