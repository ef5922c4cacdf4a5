package org.counterweight.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class JsonSchemaTest {
    enum Colour {
        RED,
        DARK_BLUE
    }

    record Inner(@Setting("How far") double reach) {}

    record Example(
            @Setting(value = "How many", defaultsTo = "3", range = "at least 1")
            int count,

            @Setting(value = "Which", defaultsTo = "\"red\"")
            Colour colour,

            @Setting(
                    value = "One of a few",
                    oneOf = {"a", "b"})
            String word,

            @Setting(value = "May be left out", defaultsTo = "null")
            Long limit,

            @Setting(value = "May be taken away", defaultsTo = "1.0", range = "(0, 2]; 1 is usual") @Nullable
            Double clip,

            @Setting(value = "Names", defaultsTo = "[]") List<String> names,
            @Setting(value = "Shares", defaultsTo = "{}") Map<String, Double> shares,
            @Setting("Inside") Inner inner) {}

    private final ObjectNode schema = JsonSchema.of(Example.class, "example");

    @Test
    void aSettingBecomesAPropertyWithMeaningDefaultAndType() {
        assertThat(schema.at("/properties/count")).isEqualTo(json("""
                {"type": "integer", "description": "How many (at least 1)", "minimum": 1, "default": 3}"""));
        assertThat(schema.at("/properties/colour")).isEqualTo(json("""
                {"type": "string", "enum": ["red", "dark_blue"], "description": "Which", "default": "red"}"""));
        assertThat(schema.at("/properties/word")).isEqualTo(json("""
                {"type": "string", "description": "One of a few", "enum": ["a", "b"]}"""));
        assertThat(schema.at("/properties/limit")).isEqualTo(json("""
                {"type": ["integer", "null"], "description": "May be left out", "default": null}"""));
        assertThat(schema.at("/properties/clip")).isEqualTo(json("""
                {"type": ["number", "null"], "description": "May be taken away ((0, 2]; 1 is usual, or null)",
                 "exclusiveMinimum": 0.0, "maximum": 2.0, "default": 1.0}"""));
    }

    @Test
    void aStatedRangeHasItsBounds() {
        assertThat(Range.stated("at least 1; 8 is usual"))
                .isEqualTo(new Range(1, true, Double.POSITIVE_INFINITY, false));
        assertThat(Range.stated("each above 0")).isEqualTo(new Range(0, false, Double.POSITIVE_INFINITY, false));
        assertThat(Range.stated("at least 1, infinite too"))
                .isEqualTo(new Range(1, true, Double.POSITIVE_INFINITY, true));
        assertThat(Range.stated("finite; 1 is all of it"))
                .isEqualTo(new Range(Double.NEGATIVE_INFINITY, false, Double.POSITIVE_INFINITY, false));
        assertThat(Range.stated("[0, 1)")).isEqualTo(new Range(0, true, 1, false));
        assertThat(Range.stated("(0, 0.5]")).isEqualTo(new Range(0, false, 0.5, true));
        assertThat(Range.stated("1 to 1024")).isEqualTo(new Range(1, true, 1024, true));
        for (String words :
                List.of("", "increasing", "at least target_r", "1 to the width; 8 is usual", "above 0, at most 1")) {
            assertThat(Range.stated(words)).as(words).isNull();
        }
        assertThat(new Range(1, true, Double.POSITIVE_INFINITY, true).holds(Double.POSITIVE_INFINITY))
                .isTrue();
        Range share = new Range(0, true, 1, false);
        assertThat(share.holds(0)).isTrue();
        assertThat(share.holds(1)).isFalse();
        assertThat(share.holds(Double.NaN)).isFalse();
        assertThat(schema.at("/properties/reach/minimum").isMissingNode()).isTrue();
    }

    @Test
    void listsMapsAndRecordsAreDescribedWithin() {
        assertThat(schema.at("/properties/names/items/type").asString()).isEqualTo("string");
        assertThat(schema.at("/properties/shares/additionalProperties/type").asString())
                .isEqualTo("number");
        assertThat(schema.at("/properties/inner/properties/reach/type").asString())
                .isEqualTo("number");
        assertThat(schema.at("/properties/inner/additionalProperties").asBoolean())
                .isFalse();
    }

    @Test
    void whatHasNoDefaultIsRequiredAndNothingElseMayStand() {
        assertThat(schema.get("required"))
                .isEqualTo(json("{\"r\": [\"word\", \"inner\"]}").get("r"));
        assertThat(schema.get("additionalProperties").asBoolean()).isFalse();
    }

    private static ObjectNode json(String text) {
        return Configs.json(text, "test");
    }
}
