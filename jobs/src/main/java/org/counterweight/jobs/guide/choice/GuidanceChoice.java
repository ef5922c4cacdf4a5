package org.counterweight.jobs.guide.choice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.learn.DrawConfig;
import org.counterweight.weights.Staged;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How samples of a model are guided and drawn: what is kept beside it in {@value #FILE}, and taken again where nothing else is
 * said.
 */
public record GuidanceChoice(GuidanceConfig guidance, DrawConfig draw) {
    /** Its name beside a model. */
    public static final String FILE = "guidance.json";

    private static final String GUIDANCE = "guidance";
    private static final String DRAW = "draw";

    /** Every default. */
    public static GuidanceChoice usual() {
        return new GuidanceChoice(Configs.defaults(GuidanceConfig.class), Configs.defaults(DrawConfig.class));
    }

    /**
     * What lies beside a model; {@link #usual} if nothing does.
     *
     * @throws ConfigException if it cannot be read
     */
    public static GuidanceChoice beside(Path model) {
        Path file = model.resolve(FILE);
        if (!Files.exists(file)) {
            return usual();
        }
        try {
            ObjectNode json = Configs.json(Files.readString(file), file.toString());
            return new GuidanceChoice(
                    Configs.bind(section(json, GUIDANCE), GuidanceConfig.class, file + ": " + GUIDANCE),
                    Configs.bind(section(json, DRAW), DrawConfig.class, file + ": " + DRAW));
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static ObjectNode section(ObjectNode json, String key) {
        JsonNode section = json.path(key);
        if (section.isMissingNode()) {
            return Configs.JSON.createObjectNode();
        }
        if (section instanceof ObjectNode object) {
            return object;
        }
        throw new ConfigException(FILE + ": " + key + ": expected keys and values, found " + section);
    }

    public ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.set(GUIDANCE, Configs.tree(guidance));
        json.set(DRAW, Configs.tree(draw));
        return json;
    }

    /** Puts it beside a model, in place of what lies there. */
    public void write(Path model) {
        Path file = model.resolve(FILE);
        try (Staged staged = Staged.file(file)) {
            Files.writeString(staged.path(), json().toPrettyString() + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
