package org.counterweight.data.text.chat.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.None;
import org.counterweight.data.text.chat.value.TemplateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The language word by word, as Jinja 3.1 with transformers' settings has it; and what a hostile template gets. */
class TemplateTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 1, 0, 0);

    record Case(String template, JsonNode expected, Map<String, Object> values) {
        @Override
        public String toString() {
            return template;
        }
    }

    static Stream<Case> cases() throws IOException {
        try (InputStream in = TemplateTest.class.getResourceAsStream("/chat/snippets.json")) {
            JsonNode all = Configs.JSON.readTree(
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
            var values = new HashMap<String, Object>();
            all.path("values").properties().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
            return all
                    .path("cases")
                    .valueStream()
                    .map(each -> new Case(each.path("template").asString(), each, values))
                    .toList()
                    .stream();
        }
    }

    private static Object value(JsonNode json) {
        if (json.isObject()) {
            var map = new LinkedHashMap<Object, Object>();
            json.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
            return map;
        }
        if (json.isArray()) {
            var list = new ArrayList<Object>();
            json.forEach(element -> list.add(value(element)));
            return list;
        }
        return json.isBoolean()
                ? json.asBoolean()
                : json.isIntegralNumber()
                        ? (Object) json.asLong()
                        : json.isNumber() ? (Object) json.asDouble() : json.isNull() ? None.NONE : json.asString();
    }

    private static String text(String template, Map<String, Object> values) {
        return Template.of(template).text(values, NOW, Budget.usual());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithJinja(Case each) {
        if (each.expected().has("text")) {
            assertThat(text(each.template(), each.values()))
                    .isEqualTo(each.expected().path("text").asString());
        } else {
            assertThatThrownBy(() -> text(each.template(), each.values()))
                    .isInstanceOf(TemplateException.class)
                    .hasMessageContaining("line ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% set ns = namespace(x='aaaaaaaaaaaaaaaa') %}{% for i in range(90) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                "{{ 'a' * 999999999999 }}",
                "{{ [1] * 9999999999 }}",
                "{{ ('a' * 999999).replace('a', 'b' * 999999) }}",
                "{{ 'a' | indent(999999999) }}",
                "{{ [1] | tojson(indent=999999999) }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
                "{{ ('a ' * 999999).split(' ') | map('upper') | list | length }}",
                "{% for x in 'a' * 999999 %}{% for y in 'b' * 9999 %}{{ x }}{% endfor %}{% endfor %}",
                "{{ 9 ** 999999999999 }}",
            })
    void isStopped(String template) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> Template.of(template).text(Map.of(), NOW, new Budget(100_000, 4 << 20)))
                        .isInstanceOf(TemplateException.class));
    }

    @Test
    void theUsualBudgetEndsInSeconds() {
        String endless = "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}";
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> assertThatThrownBy(() -> text(endless, Map.of()))
                        .hasMessageContaining("takes more than 5000000 steps"));
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "{{ " + "(".repeat(200_000) + "1" + ")".repeat(200_000) + " }}";
        assertThatThrownBy(() -> Template.of(deep)).hasMessageContaining("nest too deep");
        String sum = "{{ 1" + " + 1".repeat(200_000) + " }}";
        assertThatThrownBy(() -> text(sum, Map.of())).hasMessageContaining("nest too deep");
    }

    /** No method of Java's answers, whatever the value is made of. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "getClass",
                "class",
                "hashCode",
                "getBytes",
                "repeat",
                "chars",
                "stream",
                "forEach",
                "wait",
                "notify",
                "toString",
                "intern",
                "add",
                "entrySet",
                "keySet",
                "__class__",
                "__init__",
                "__globals__",
                "format_map"
            })
    void noObjectOfJavaIsReached(String name) {
        for (String value :
                new String[] {"'x'", "[1]", "{'a': 1}", "1", "1.5", "true", "none", "namespace()", "range"}) {
            assertThat(text(
                            "{{ (" + value + ")." + name + " is defined }}{{ (" + value + ")['" + name
                                    + "'] is defined }}",
                            Map.of()))
                    .as(value)
                    .isEqualTo("FalseFalse");
            assertThatThrownBy(() -> text("{{ (" + value + ")." + name + "() }}", Map.of()))
                    .isInstanceOf(TemplateException.class);
        }
    }
}
