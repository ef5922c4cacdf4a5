package org.counterweight.jobs.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.jobs.recipe.data.DataKind;
import org.counterweight.jobs.recipe.data.TextData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class RecipeTest {
    @TempDir
    private Path directory;

    private static final Path QUICKSTART = Path.of("examples", "quickstart.yaml");

    @Test
    void whatIsWrittenOutReadsBackAsTheSameRecipe() throws IOException {
        Recipe recipe = Recipe.read(QUICKSTART, List.of());
        assertThat(Recipe.of(Configs.yaml(Configs.yaml(recipe.tree()), "written"), recipe.name()))
                .isEqualTo(recipe);
    }

    /** Recipes of before name no kind, and those that were written out then have the settings of every task on texts. */
    @ParameterizedTest
    @CsvSource({
        "text_classification, mask_share: 0.15, TEXTS",
        "causal_lm, label: class, DOCUMENTS",
        "masked_lm, 'augment: []', TEXTS",
        "image_classification, size: 8, IMAGES"
    })
    void theTaskSaysWhatItsRowsAre(String task, String setting, DataKind kind) {
        String recipe = "{task: " + task + ", model: {name: m}, data: {train: t, " + setting + "}}";
        assertThat(Recipe.of(Configs.yaml(recipe, "recipe"), "r").data().kind()).isEqualTo(kind);
    }

    @Test
    void aModelOfARecipesOwnSizesIsWrittenOutWithThem() {
        String recipe = "{task: image_classification, model: {architecture: convnet}, data: {train: t}}";
        Recipe read = Recipe.of(Configs.yaml(recipe, "recipe"), "r");
        assertThat(read.tree().at("/model/architecture").toString())
                .isEqualTo("{\"type\":\"convnet\",\"width\":64,\"depth\":3,\"norm\":\"batch\"}");
        assertThat(Recipe.of(read.tree(), "r")).isEqualTo(read);
    }

    @Test
    void settingsOfTheCommandLineStandInPlaceOfTheFiles() throws IOException {
        Recipe recipe = Recipe.read(QUICKSTART, List.of("train.lr=5e-4", "data.rows=null", "adapter.targets=[query]"));
        assertThat(recipe.train().lr()).isEqualTo(5e-4);
        assertThat(recipe.data().rows()).isNull();
        assertThat(recipe.adapter().tree().get("targets").toString()).isEqualTo("[\"query\"]");
    }

    @ParameterizedTest
    @CsvSource({"64, '', 64", "64, ', max_length: 128', 128", "512, '', 128"})
    void theDefaultLengthFitsTheModel(int places, String said, int length) throws IOException {
        Files.writeString(
                directory.resolve("config.json"),
                "{\"model_type\": \"bert\", \"max_position_embeddings\": " + places + "}");
        Path file = directory.resolve("recipe.yaml");
        Files.writeString(file, """
                model: {name: "%s"}
                data: {train: texts.csv%s}
                """.formatted(directory.toString().replace('\\', '/'), said));
        assertThat(Recipe.read(file, List.of()).data())
                .isInstanceOfSatisfying(
                        TextData.class, data -> assertThat(data.maxLength()).isEqualTo(length));
    }

    /** PEFT's choice for the model's type; what a recipe says stands, and so does the method's default where PEFT has no choice. */
    @ParameterizedTest
    @CsvSource({
        "llama, lora, '', '[\"q_proj\",\"v_proj\"]'",
        "gpt2, bone, '', '[\"c_attn\"]'",
        "bert, lora, '', '[\"query\",\"value\"]'",
        "vit, lora, '', '[\"query\",\"value\"]'",
        "llama, lora, ', targets: [up_proj]', '[\"up_proj\"]'"
    })
    void anAdapterStandsWhereItUsuallyDoesOnAModelOfThatType(String type, String method, String said, String targets)
            throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"" + type + "\"}");
        String recipe = "{model: {name: '%s'}, data: {train: t, max_length: 8}, adapter: {method: %s%s}}"
                .formatted(directory.toString().replace('\\', '/'), method, said);
        Recipe read = Recipe.of(Configs.yaml(recipe, "recipe"), "r");
        assertThat(read.tree().at("/adapter/targets").toString()).isEqualTo(targets);
        assertThat(Recipe.of(read.tree(), "r")).isEqualTo(read);
    }

    /** Taps have no targets. */
    @Test
    void aBottleneckHasNoTargetsOfItsModelsType() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"llama\"}");
        String recipe = "{model: {name: '%s'}, data: {train: t, max_length: 8}, adapter: {method: bottleneck}}"
                .formatted(directory.toString().replace('\\', '/'));
        assertThat(Recipe.of(Configs.yaml(recipe, "recipe"), "r")
                        .adapter()
                        .tree()
                        .has("targets"))
                .isFalse();
    }

    @Test
    void theSchemaOffersEveryAdapterAndWeigherByName() {
        JsonNode properties = Recipe.schema().get("properties");
        assertThat(properties.at("/adapter/oneOf").findValuesAsString("const")).contains("bone", "lora");
        assertThat(properties.at("/weigh/oneOf").findValuesAsString("const")).contains("loss_reweighting");
    }

    @Test
    void theSchemaOffersEveryKindOfDataAndOfFreshModels() {
        JsonNode properties = Recipe.schema().get("properties");
        assertThat(properties.at("/data/anyOf").findValues("kind").toString())
                .contains("\"texts\",\"documents\"", "[\"images\"]", "[\"table\"]", "[\"graph\"]");
        assertThat(properties.at("/model/properties/architecture").findValuesAsString("const"))
                .containsExactly("mlp", "convnet", "resnet", "unet", "dit", "graphsage", "gcn", "gin");
    }
}
