package org.counterweight.data.text.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Templates in the manner of eleven families, filled in by transformers 5.18 with nine conversations; and what is refused.
 */
class ChatTemplateTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 9, 5, 7);

    @TempDir
    private Path directory;

    static String resource(String name) {
        try (InputStream in = ChatTemplateTest.class.getResourceAsStream("/chat/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Stream<Arguments> cases() {
        JsonNode expected = Configs.JSON.readTree(resource("expected.json"));
        return expected.path("cases").valueStream().map(each -> {
            String conversation = each.path("conversation").asString();
            return Arguments.of(
                    each.path("template").asString(),
                    conversation,
                    expected.path("conversations").path(conversation),
                    each);
        });
    }

    private ChatTemplate template(String source) throws IOException {
        Files.writeString(directory.resolve("chat_template.jinja"), source);
        Files.writeString(
                directory.resolve("tokenizer_config.json"),
                "{\"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\"}, \"pad_token\": \"<pad>\"}");
        return ChatTemplate.of(directory, false);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void writesWhatTransformersWrites(String name, String conversation, JsonNode said, JsonNode expected)
            throws IOException {
        ChatTemplate template = template(resource(name + ".jinja"));
        Map<String, JsonNode> more = new HashMap<>();
        if (said.has("enable_thinking")) {
            more.put("enable_thinking", said.path("enable_thinking"));
        }
        boolean toBeAnswered = said.path("add_generation_prompt").asBoolean(true);
        ArrayNode messages = (ArrayNode) said.path("messages");
        @Nullable ArrayNode tools = said.has("tools") ? (ArrayNode) said.path("tools") : null;
        if (expected.has("text")) {
            assertThat(template.text(messages, tools, toBeAnswered, more, NOW))
                    .isEqualTo(expected.path("text").asString());
        } else {
            assertThatThrownBy(() -> template.text(messages, tools, toBeAnswered, more, NOW))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("chat_template.jinja")
                    .hasMessageContaining("line ");
        }
    }

    private static ArrayNode said(String role, String content) {
        ArrayNode messages = Configs.JSON.createArrayNode();
        messages.addObject().put("role", role).put("content", content);
        return messages;
    }

    @Test
    void refusesWithTheTemplatesOwnWords() throws IOException {
        ChatTemplate template = template(resource("llama2.jinja"));
        assertThatThrownBy(() -> template.prompt(said("assistant", "x"), null, NOW))
                .hasMessageContaining("line 10: Conversation roles must alternate");
    }

    @Test
    void tellsThePresentAsItIsGiven() throws IOException {
        ChatTemplate template = template("{{ strftime_now('%d %B %Y, %-d %b %y %H:%M %A %j%%') }}");
        assertThat(template.prompt(said("user", "x"), null, NOW))
                .isEqualTo("09 March 2026, 9 Mar 26 05:07 Monday 068%");
    }

    @Test
    void aTemplateOfTheSettingsStandsBehindTheFile() throws IOException {
        Path settings = directory.resolve("tokenizer_config.json");
        ObjectNode json = Configs.JSON.createObjectNode();
        ArrayNode several = json.putArray("chat_template");
        several.addObject().put("name", "default").put("template", "plain {{ messages[0].content }}");
        several.addObject().put("name", "tool_use").put("template", "{{ tools[0].name }}");
        Files.writeString(settings, json.toString());
        ArrayNode tools = Configs.JSON.createArrayNode();
        tools.addObject().put("name", "clock");
        assertThat(ChatTemplate.of(directory, false).prompt(said("user", "x"), null, NOW))
                .isEqualTo("plain x");
        assertThat(ChatTemplate.of(directory, true).prompt(said("user", "x"), tools, NOW))
                .isEqualTo("clock");
        Files.writeString(directory.resolve("chat_template.jinja"), "file");
        assertThat(ChatTemplate.of(directory, false).prompt(said("user", "x"), null, NOW))
                .isEqualTo("file");
    }

    @Test
    void saysWhereATemplateIsBroken() {
        assertThatThrownBy(() -> template("a\n{% if x %}\n{{ y | nothing }}{% endif %}"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "chat_template.jinja: the chat template cannot be read: line 3: there is no filter nothing");
        assertThatThrownBy(() -> template("{% for x in y %}"))
                .hasMessageContaining("line 1: {% for %} has no {% endfor %}");
        assertThatThrownBy(() -> ChatTemplate.of(directory.resolve("none"), false))
                .hasMessageContaining("has no chat template");
    }

    @Test
    void messagesHaveRoles() throws IOException {
        ChatTemplate template = template("x");
        ArrayNode messages = Configs.JSON.createArrayNode();
        assertThatThrownBy(() -> template.prompt(messages, null, NOW)).hasMessageContaining("without messages");
        messages.add("hello");
        assertThatThrownBy(() -> template.prompt(messages, null, NOW))
                .hasMessageContaining("message 1 of the conversation, \"hello\", has no role");
    }
}
