package org.counterweight.merge.companion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.Configs;
import org.counterweight.config.PythonJson;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.node.ObjectNode;

/** A JSON file that may be there: settings of a tokenizer, of generation. */
public final class JsonFile {
    private JsonFile() {}

    /**
     * The file's content; nothing if it is not there.
     *
     * @throws WeightsException if it is no JSON object
     */
    public static ObjectNode read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Configs.JSON.createObjectNode();
        }
        try {
            return Configs.read(file);
        } catch (IOException e) {
            throw new WeightsException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    public static void write(Path file, ObjectNode content) throws IOException {
        Files.writeString(file, PythonJson.text(content));
    }
}
