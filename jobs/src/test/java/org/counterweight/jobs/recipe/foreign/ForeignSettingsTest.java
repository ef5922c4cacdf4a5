package org.counterweight.jobs.recipe.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.balance.run.BalanceConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.program.GrowRecipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the authors' own programs are told becomes a recipe, whole, or is refused by the key that does not. */
class ForeignSettingsTest {
    private static final String PYCIL = """
            {"prefix": "reproduce", "dataset": "cifar100", "memory_size": 2000, "memory_per_class": 20,
             "fixed_memory": false, "shuffle": true, "init_cls": 50, "increment": 10, "model_name": "wa",
             "convnet_type": "resnet32", "device": ["-1"], "seed": [1993]}
            """;

    private static final String ONE_STAGE = """
            {"exp_name": "wd_fr_etf", "project_name": "first", "seeds": [7],
             "data": {"name": "CIFAR100", "imb_type": "none", "imb_factor": 1, "n_classes": 100, "batch_size": 64},
             "model": {"name": "resnet34", "is_pretrained": false, "pretrained_path": "", "use_etf": true,
                       "etf_norm_rate": 1, "train_etf_norm": false, "use_dr_balancer": false,
                       "normalize_feature": false, "logit_adjustment_tau": 0.65,
                       "logit_adjustment_for_training": false, "use_additive_logit_adjustment": false,
                       "logit_normalization": false, "last_relu": true, "bn_eps": 1e-5},
             "optim": {"base_lr": 0.01, "total_epoch_num": 320, "loss_type": "CE", "cb_type": "softmax",
                       "cb_beta": 0.9999, "cb_gamma": 2.0, "weight_decay": 5e-3, "weight_decay_conv": 0,
                       "weight_decay_bn": 0, "norm_type": "none", "norm_param": 1,
                       "features_regularization": 1e-2, "drw": 0, "optimizer": "SGD"}}
            """;

    @TempDir
    Path directory;

    private Path written(String json) throws IOException {
        return Files.writeString(directory.resolve("settings.json"), json);
    }

    private GrowRecipe grown(String json) throws IOException {
        return GrowRecipe.read(written(json), List.of("data.train=pictures", "data.test=others"));
    }

    private Recipe balanced(String json) throws IOException {
        return Recipe.read(written(json), List.of("data.train=pictures"));
    }

    @Test
    void aFileOfPycilIsASequenceOfTasks() throws IOException {
        GrowRecipe recipe = grown(PYCIL);
        assertThat(recipe.grow().tasks()).isEqualTo(6);
        assertThat(recipe.grow().base()).isEqualTo(50);
        assertThat(recipe.grow().sizes(100)).containsExactly(50, 10, 10, 10, 10, 10);
        assertThat(recipe.grow().orderSeed()).isEqualTo(1993);
        assertThat(recipe.grow().learn().preset()).isEqualTo(GrowConfig.Preset.PYCIL);
        assertThat(recipe.grow().learn().memory().of(100)).isEqualTo(20);
        assertThat(recipe.recipe().work().device()).isEqualTo("cpu");
        assertThat(recipe.recipe().train().seed()).isEqualTo(1993);
        GrowRecipe fixed = grown(PYCIL.replace("\"fixed_memory\": false", "\"fixed_memory\": true")
                .replace("\"wa\"", "\"icarl\""));
        assertThat(fixed.grow().learn().method()).isEqualTo(GrowConfig.Method.ICARL);
        assertThat(fixed.grow().learn().memory().perClass()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"cifar100\" | \"food101\" | dataset: \"food101\" is not allowed",
                "\"wa\" | \"der\" | model_name: \"der\" is not allowed; expected wa, icarl",
                "\"resnet32\" | \"vit\" | convnet_type: \"vit\" is not allowed",
                "\"increment\": 10 | \"increment\": 30 | increment: 30 is not allowed; expected a number of classes that",
                "[1993] | [1993, 1] | seed: [1993,1] is not allowed; expected one; run them one after another",
                "\"prefix\" | \"prefixes\" | prefixes: has no counterpart in a recipe",
                "\"shuffle\": true | \"shuffle\": false | shuffle: false is not allowed; expected true"
            })
    void whatPycilHasAndARecipeHasNotIsRefusedByName(String good, String bad, String said) {
        assertThatThrownBy(() -> grown(PYCIL.replace(good, bad)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("settings.json: " + said);
    }

    @Test
    void aFileOfOneStageIsASectionBalance() throws IOException {
        Recipe recipe = balanced(ONE_STAGE);
        var balance = (BalanceConfig) recipe.sections().byKey().get("balance");
        assertThat(balance.weightDecay()).isEqualTo(5e-3);
        assertThat(balance.featureDecay()).isEqualTo(1e-2);
        assertThat(balance.second()).isNull();
        assertThat(balance.etf()).isNotNull();
        assertThat(balance.adjust().tau()).isEqualTo(0.65);
        assertThat(recipe.train().epochs()).isEqualTo(320);
        assertThat(recipe.train().batchSize()).isEqualTo(64);
        assertThat(recipe.train().seed()).isEqualTo(7);
        Recipe weighted = balanced(
                ONE_STAGE.replace("\"CE\"", "\"CB\"").replace("\"norm_type\": \"none\"", "\"norm_type\": \"L2\""));
        assertThat(weighted.tree().at("/balance/loss/kind").asString()).isEqualTo("class_balanced");
        assertThat(weighted.tree().at("/balance/tau_norm/tau").asDouble()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"first\" | \"second\" | project_name: \"second\" is not allowed",
                "\"imb_type\": \"none\", \"imb_factor\": 1 | \"imb_type\": \"exp\", \"imb_factor\": 0.01"
                        + " | data.imb_factor: 0.01 is not allowed",
                "\"last_relu\": true | \"last_relu\": false | model.last_relu: false is not allowed",
                "\"norm_type\": \"none\" | \"norm_type\": \"maxnorm\" | optim.norm_type: \"maxnorm\" is not allowed",
                "\"drw\": 0 | \"drew\": 0 | optim.drew: has no counterpart in a recipe",
                "\"weight_decay_bn\": 0 | \"weight_decay_bn\": 0.1 | optim.weight_decay: 0.005 is not allowed"
            })
    void whatTheirFilesHaveAndARecipeHasNotIsRefusedByName(String good, String bad, String said) {
        assertThatThrownBy(() -> balanced(ONE_STAGE.replace(good, bad)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("settings.json: " + said);
    }
}
