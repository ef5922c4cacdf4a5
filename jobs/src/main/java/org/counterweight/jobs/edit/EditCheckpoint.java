package org.counterweight.jobs.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is kept after every period of a stream, beside the output until that is whole, so that a stream that was killed goes on.
 *
 * @param directory the output's name with {@code .unfinished} behind it
 * @param of what the stream is made of: settings and digests of all that is read
 */
record EditCheckpoint(Path directory, ObjectNode of) {
    private static final String FILE = "stream.json";

    static EditCheckpoint beside(Path output, ObjectNode of) {
        return new EditCheckpoint(directory(output), of);
    }

    private static Path directory(Path output) {
        return output.resolveSibling(output.getFileName() + ".unfinished");
    }

    /** Whether a stream that wrote there was stopped. */
    static boolean isBeside(Path output) {
        return Files.isRegularFile(directory(output).resolve(FILE));
    }

    /**
     * How far an earlier stream came; null to begin anew.
     *
     * @param resume whether one is to be continued
     * @throws ConfigException if there is one and it is not, or it is of other edits
     */
    @Nullable
    StreamSoFar found(boolean resume) {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            if (resume) {
                throw new ConfigException("--resume: " + directory
                        + " is not there, so that there is nothing to go on with; leave it out");
            }
            return null;
        }
        ObjectNode json = read(file);
        int done = json.path("so_far").path("lines").size();
        if (!resume) {
            throw new ConfigException(directory + ": an earlier cw edit was stopped there after " + done
                    + " edits; add --resume to go on, or remove the directory");
        }
        for (String key : of.propertyNames()) {
            if (!of.get(key).toString().equals(String.valueOf(json.path("of").get(key)))) { // as written: 1L is no 1
                throw new ConfigException("--resume: " + key + " is not what it was when " + directory
                        + " was written; give the same, or remove the directory to begin anew");
            }
        }
        return StreamSoFar.read(json.path("so_far"));
    }

    private static ObjectNode read(Path file) {
        try {
            return Configs.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Keeps all of it, or what was there before stays. */
    void save(StreamSoFar so, Correcting by) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.set("of", of);
        json.set("so_far", so.json());
        try (Staged staged = Staged.directory(directory)) {
            by.save(staged.path());
            Files.writeString(staged.path().resolve(FILE), json.toString());
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** The output is whole: what was kept is of no more use. */
    void remove() {
        try {
            for (String name : List.of(FILE, EditsDirectory.FILE, BaselineCorrecting.FILE)) {
                Files.deleteIfExists(directory.resolve(name));
            }
            if (Files.isDirectory(directory)) {
                try (Stream<Path> rest = Files.list(directory)) {
                    if (rest.findAny().isEmpty()) {
                        Files.delete(directory);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be removed: " + e.getMessage(), e);
        }
    }
}
