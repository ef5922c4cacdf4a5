package org.counterweight.data.text.chat;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.text.chat.template.Template;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.TemplateException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * How a chat model wants its conversations written. What it gives has all special tokens in it already: it is tokenized without
 * any around it.
 *
 * <p>A template is a file of a stranger's: it is data here, sees the messages and nothing else, and is stopped after
 * {@linkplain Budget#usual() some million steps}. Immutable and thread-safe.
 */
public final class ChatTemplate {
    private final Path origin;
    private final Template template;
    private final Map<String, String> specials;

    private ChatTemplate(Path origin, Template template, Map<String, String> specials) {
        this.origin = origin;
        this.template = template;
        this.specials = specials;
    }

    /**
     * The template of a model.
     *
     * @param directory with {@code chat_template.jinja}, or a {@code tokenizer_config.json} that has a {@code chat_template}
     * @param withTools whether tools will be told: some models have a template of its own for them
     * @throws DataException if there is none, or none that can be read
     */
    public static ChatTemplate of(Path directory, boolean withTools) {
        ChatFiles files = ChatFiles.of(directory);
        ChatFiles.Source source = files.template(withTools);
        try {
            return new ChatTemplate(source.origin(), Template.of(source.text()), files.specials());
        } catch (TemplateException e) {
            throw new DataException(
                    fault(source.origin().toString(), e)
                            + "; put another into chat_template.jinja beside the model, which comes first",
                    e);
        }
    }

    /**
     * What is wrong with a template, in a line.
     *
     * @param origin what the line calls it
     * @return null if it can be read
     */
    public static @Nullable String fault(String origin, String text) {
        try {
            Template.of(text);
            return null;
        } catch (TemplateException e) {
            return fault(origin, e);
        }
    }

    private static String fault(String origin, TemplateException e) {
        return origin + ": the chat template cannot be read: " + e.getMessage();
    }

    /** The token that ends a turn, where the tokenizer's settings name one. */
    public @Nullable String end() {
        return specials.get("eos_token");
    }

    /**
     * The conversation up to where the model answers.
     *
     * @param messages objects, each with a {@code role} and what the template asks for, mostly {@code content}
     * @param tools that the model may ask for, in JSON Schema; null for none
     * @param now what the template takes for the present
     * @throws DataException if the template refuses them
     */
    public String prompt(ArrayNode messages, @Nullable ArrayNode tools, LocalDateTime now) {
        return text(messages, tools, true, Map.of(), now);
    }

    /**
     * A conversation.
     *
     * @param toBeAnswered whether the beginning of an answer stands at its end ({@code add_generation_prompt})
     * @param more what the template is told beside, by name, such as {@code enable_thinking}
     */
    public String text(
            ArrayNode messages,
            @Nullable ArrayNode tools,
            boolean toBeAnswered,
            Map<String, JsonNode> more,
            LocalDateTime now) {
        checkRoles(messages);
        Map<String, Object> values = new HashMap<>(specials);
        values.put("messages", ChatValues.of(messages));
        values.put("tools", ChatValues.of(tools == null ? Configs.JSON.nullNode() : tools));
        values.put("documents", ChatValues.of(Configs.JSON.nullNode()));
        values.put("add_generation_prompt", toBeAnswered);
        more.forEach((name, value) -> values.put(name, ChatValues.of(value)));
        try {
            return template.text(values, now, Budget.usual());
        } catch (TemplateException e) {
            throw new DataException(
                    origin + ": the chat template does not take this conversation: " + e.getMessage()
                            + "; see which roles and which order it wants",
                    e);
        }
    }

    /** Whether a JSON value is a conversation: objects, each of which has a role. */
    public static boolean isConversation(JsonNode value) {
        return value.isArray() && !value.isEmpty() && value.valueStream().allMatch(ChatTemplate::hasRole);
    }

    private static boolean hasRole(JsonNode message) {
        return message.isObject() && message.path("role").isString();
    }

    private static void checkRoles(ArrayNode messages) {
        if (messages.isEmpty()) {
            throw new DataException("a conversation without messages has nothing to be answered; give at least one");
        }
        for (int i = 0; i < messages.size(); i++) {
            if (!hasRole(messages.get(i))) {
                throw new DataException("message " + (i + 1) + " of the conversation, " + shortened(messages.get(i))
                        + ", has no role; expected an object as {\"role\": \"user\", \"content\": \"…\"}");
            }
        }
    }

    private static String shortened(JsonNode message) {
        String text = message.toString();
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
