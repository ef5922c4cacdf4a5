package org.counterweight.data.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.JsonLines;

/** Texts to model. */
public final class Documents {
    private Documents() {}

    /**
     * Reads a directory with {@code documents.jsonl}, each line with a {@code text}: what
     * {@code Fetcher} of the datasets makes of a corpus.
     */
    public static List<String> read(Path directory) {
        var documents = new ArrayList<String>();
        JsonLines.read(directory.resolve("documents.jsonl"), line -> documents.add(line.get("text")));
        return documents;
    }
}
