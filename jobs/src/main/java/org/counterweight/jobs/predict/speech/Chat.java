package org.counterweight.jobs.predict.speech;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.chat.ChatTemplate;
import org.counterweight.jobs.predict.question.Questions;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * That texts are said to a chat model: each is a user's message, or a whole conversation, and is put into the form of the
 * model's template.
 *
 * @param system what the model is told first, or null for nothing
 * @param tools a JSON file with a list of functions that the model may ask for, or null for none
 */
public record Chat(@Nullable String system, @Nullable Path tools) {
    /**
     * The prompts of what is asked.
     *
     * @param template the model's
     * @throws DataException if the template does not take one of them; the message has its number
     */
    public Questions.Texts prompts(Questions.Texts said, ChatTemplate template) {
        ArrayNode functions = tools == null ? null : functions(tools);
        LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
        var prompts = new ArrayList<String>();
        for (int i = 0; i < said.all().size(); i++) {
            try {
                prompts.add(template.prompt(conversation(said.all().get(i)), functions, now));
            } catch (DataException e) {
                throw new DataException("conversation " + (said.first() + i + 1) + ": " + e.getMessage(), e);
            }
        }
        return new Questions.Texts(said.first(), Passages.alone(prompts), said.begun());
    }

    private ArrayNode conversation(String said) {
        ArrayNode messages = Configs.JSON.createArrayNode();
        ArrayNode whole = whole(said);
        boolean hasSystem =
                whole != null && whole.get(0).path("role").asString("").equals("system");
        if (system != null && hasSystem) {
            throw new DataException("begins with a message of role system, and --system is given too; leave one out");
        }
        if (system != null) {
            messages.addObject().put("role", "system").put("content", system);
        }
        if (whole == null) {
            messages.addObject().put("role", "user").put("content", said);
        } else {
            messages.addAll(whole);
        }
        return messages;
    }

    /** The conversation that a text is as JSON, or null where it is a text. */
    private static @Nullable ArrayNode whole(String said) {
        if (!said.startsWith("[")) {
            return null;
        }
        try {
            JsonNode json = Configs.JSON.readTree(said);
            return ChatTemplate.isConversation(json) ? (ArrayNode) json : null;
        } catch (JacksonException e) {
            return null; // a text that begins with a bracket
        }
    }

    private static ArrayNode functions(Path file) {
        try {
            if (Configs.JSON.readTree(Configs.text(file)) instanceof ArrayNode functions) {
                return functions;
            }
        } catch (IOException | JacksonException e) {
            throw new ConfigException(
                    "--tools: " + file + " cannot be read as JSON (" + e.getMessage()
                            + "); expected a list of functions in JSON Schema",
                    e);
        }
        throw new ConfigException("--tools: " + file + " is no JSON list; expected a list of functions in JSON Schema");
    }
}
