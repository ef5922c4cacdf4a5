package org.counterweight.studies.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.JsonLines;

/** Mails of a dozen words, whose first word says what they are; from August on some words say something else. */
public final class TinyMails {
    private static final List<String> WORDS =
            List.of("oak", "elm", "ivy", "cat", "dog", "owl", "tea", "jam", "pie", "red", "old", "big");

    private TinyMails() {}

    /** Writes them as raw messages into {@code directory}. */
    public static Path write(Path directory) {
        try {
            Files.createDirectories(directory);
            try (var rows = JsonLines.write(directory.resolve("train.jsonl"))) {
                for (int i = 0; i < 240; i++) {
                    boolean isLater = i % 2 == 1;
                    int kind = i % 12 / 3;
                    boolean isSpam = kind == 0 || kind == (isLater ? 1 : 2);
                    String message = "Received: from somewhere\nDate: Mon, " + (1 + i % 28)
                            + (isLater ? " Sep" : " Jul")
                            + " 2002 10:00:00 +0100\nSubject: " + WORDS.get(i % 12) + "\n\n<p>" + WORDS.get(i / 12 % 12)
                            + " " + WORDS.get(i / 144) + "</p>\n";
                    rows.row("text", message, "label", isSpam ? "spam" : "ham");
                }
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
