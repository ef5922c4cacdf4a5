package org.counterweight.guide.diffusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.learn.DrawConfig;
import org.counterweight.guide.learn.RuleName;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.shape.Grid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Files of diffusers' guiders and schedulers are read strictly, and written as they were. */
class GuiderFileTest {
    private static ObjectNode json(String text) {
        return Configs.json(text.replace('\'', '"'), "guider_config.json");
    }

    private static GuiderFile read(String text) {
        return GuiderFile.of(json(text), "guider_config.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'_class_name': 'ClassifierFreeGuidance', '_diffusers_version': '0.40.0', 'guidance_scale': 5.0,"
                        + " 'guidance_rescale': 0.7, 'use_original_formulation': true, 'start': 0.1, 'stop': 0.9,"
                        + " 'enabled': true}",
                "{'_class_name': 'AdaptiveProjectedGuidance', 'guidance_scale': 8.0, 'use_original_formulation':"
                        + " false, 'start': 0.0, 'stop': 1.0, 'enabled': true, 'eta': 0.25,"
                        + " 'adaptive_projected_guidance_momentum': null, 'adaptive_projected_guidance_rescale': 12.0,"
                        + " 'adaptive_projected_guidance_norm_dim': [-1, -2]}",
                "{'_class_name': 'ClassifierFreeZeroStarGuidance', 'guidance_scale': 8.0, 'use_original_formulation':"
                        + " false, 'start': 0.0, 'stop': 1.0, 'enabled': false, 'zero_init_steps': 2}",
                "{'_class_name': 'FrequencyDecoupledGuidance', 'use_original_formulation': false, 'enabled': true,"
                        + " 'guidance_scales': [10.0, 5.0], 'parallel_weights': null, 'guidance_rescale_space': 'data',"
                        + " 'start': [0.0, 0.2], 'stop': 1.0}",
                "{'_class_name': 'PerturbedAttentionGuidance', 'guidance_scale': 7.5, 'use_original_formulation':"
                        + " false, 'start': 0.0, 'stop': 1.0, 'enabled': true, 'perturbed_guidance_scale': 2.8,"
                        + " 'perturbed_guidance_layers': [7]}",
                "{'_class_name': 'SkipLayerGuidance', 'guidance_scale': 7.5, 'use_original_formulation': false,"
                        + " 'start': 0.0, 'stop': 1.0, 'enabled': true, 'skip_layer_guidance_layers': [7, 8, 9],"
                        + " 'skip_layer_guidance_stop': 0.2}",
                "{'_class_name': 'AutoGuidance', 'guidance_scale': 3.0, 'use_original_formulation': false, 'start':"
                        + " 0.0, 'stop': 1.0, 'enabled': true, 'auto_guidance_layers': [1], 'dropout': 0.1}",
                "{'_class_name': 'MagnitudeAwareGuidance', 'guidance_scale': 10.0, 'use_original_formulation': false,"
                        + " 'start': 0.0, 'stop': 1.0, 'enabled': true, 'alpha': 8.0}",
                "{'_class_name': 'TangentialClassifierFreeGuidance', 'guidance_scale': 3.0, 'use_original_formulation':"
                        + " false, 'start': 0.0, 'stop': 1.0, 'enabled': true}"
            })
    void everyGuiderIsWrittenAsItWasRead(String text) {
        ObjectNode written = read(text).json();
        ObjectNode wanted = json(text);
        if (written.path("start").isArray()) {
            assertThat(written.has("guidance_scale")).isFalse();
        }
        assertThat(written).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'_class_name': 'ClassifierFreeGuidnce'} | did you mean \"ClassifierFreeGuidance\"",
                "{'guidance_scale': 3.0} | _class_name",
                "{'_class_name': 'ClassifierFreeGuidance', 'guidance_scale': 'high'} | guidance_scale: \"high\" is not"
                        + " allowed",
                "{'_class_name': 'ClassifierFreeGuidance', 'guidance_rescale': 1.5} | guidance.rescale",
                "{'_class_name': 'ClassifierFreeGuidance', 'stop': 2} | stop: 2 is not allowed; expected a share from"
                        + " 0 to 1",
                "{'_class_name': 'ClassifierFreeGuidance', 'start': 0.5, 'stop': 0.2} | expected a share of at most"
                        + " stop, 0.2",
                "{'_class_name': 'ClassifierFreeGuidance', 'enabled': 'yes'} | expected true or false",
                "{'_class_name': 'ClassifierFreeGuidance', 'guidance_schedule': [1, 2]} | guidance_schedule is unknown",
                "{'_class_name': 'ClassifierFreeGuidance', 'eta': 1.0} | eta is unknown with ClassifierFreeGuidance",
                "{'_class_name': 'ClassifierFreeZeroStarGuidance', 'zero_init_steps': -1} | an integer of at least 0",
                "{'_class_name': 'AdaptiveProjectedGuidance', 'adaptive_projected_guidance_norm_dim': 0} | a dimension"
            })
    void whatIsWrongIsNamed(String text, String said) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigException.class).hasMessageContaining(said);
    }

    @Test
    void aGuiderThatOnlyDiffusersCanAskForIsNotMadeHere() {
        assertThatThrownBy(() -> read("{'_class_name': 'SkipLayerGuidance'}").guider())
                .hasMessageContaining("SkipLayerGuidance needs what only a pipeline of diffusers asks of its network");
    }

    @Test
    void itsScheduleIsTheWeightsThatItGives() {
        for (String more : new String[] {"", ", 'enabled': false", ", 'use_original_formulation': true"}) {
            GuiderFile file =
                    read("{'_class_name': 'ClassifierFreeGuidance', 'guidance_scale': 5.0, 'start': 0.3, 'stop':"
                            + " 0.8" + more + "}");
            double[] weights = file.schedule().weights(Grid.left(7));
            for (int i = 0; i < 7; i++) {
                assertThat(weights[i]).isEqualTo(file.weight(i, 7));
            }
        }
    }

    @Test
    void aRuleGoesToDiffusersAndBack() {
        for (RuleName rule : RuleName.values()) {
            var draw = new DrawConfig(
                    null,
                    rule,
                    rule == RuleName.CFG_PP ? 0 : 0.5,
                    9,
                    DrawConfig.of(9).corrector(),
                    rule == RuleName.APG ? (Double) 0.25 : null,
                    rule == RuleName.APG ? (Double) (-0.75) : null,
                    rule == RuleName.APG ? (Double) 2.5 : null,
                    rule == RuleName.MAMBO_G ? (Double) 3.0 : null,
                    rule == RuleName.ZERO_STAR ? (Integer) 2 : null);
            GuidanceConfig guidance =
                    GuidanceConfig.of(ShapeName.STATIC, 4, Convention.SCALE).between(0.1, 0.9);
            if (rule == RuleName.CFG_PP) {
                assertThatThrownBy(() -> GuiderDraw.file(guidance, draw))
                        .hasMessageContaining("diffusers has no guider for cfg_pp");
                continue;
            }
            GuiderFile file = GuiderDraw.file(guidance, draw);
            GuiderFile again = GuiderFile.of(file.json(), "again");
            assertThat(GuiderDraw.draw(again, DrawConfig.of(9))).isEqualTo(draw);
            assertThat(again.schedule()).isEqualTo(guidance);
        }
        assertThatThrownBy(() ->
                        GuiderDraw.file(GuidanceConfig.of(ShapeName.LINEAR, 4, Convention.SCALE), DrawConfig.of(9)))
                .hasMessageContaining("a guider of diffusers has one weight, and linear has one for each step");
    }

    /** Norms and projection over some dimensions are those of rows that hold these alone. */
    @Test
    void projectionOverSomeDimensionsIsThatOfEachOfTheOthers() {
        try (var scope = Scope.open()) {
            Tensor cond = draw(1);
            Tensor uncond = draw(2);
            String settings = "{'_class_name': 'AdaptiveProjectedGuidance', 'guidance_scale': 4.0, 'eta': 0.0,"
                    + " 'adaptive_projected_guidance_rescale': 1.5, 'adaptive_projected_guidance_norm_dim': ";
            try (Guider some = read(settings + "[-1, -2]}").guider();
                    Guider all = read(settings + "null}").guider()) {
                Tensor found = some.combine(cond, uncond, 4, 0);
                Tensor flat = all.combine(cond.flatten(0, 1), uncond.flatten(0, 1), 4, 0);
                assertThat(found.flatten(0, 1).sub(flat).abs().max().item_double())
                        .isLessThan(1e-14);
                assertThat(found.sub(all.combine(cond, uncond, 4, 0))
                                .abs()
                                .max()
                                .item_double())
                        .isGreaterThan(1e-3);
            }
        }
    }

    private static Tensor draw(int seed) {
        return torch.empty(2, 3, 4, 5)
                .to(torch.ScalarType.Double)
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    @Test
    void theNoiseOfASchedulerIsRead() {
        SchedulerFile file = SchedulerFile.of(
                json("{'_class_name': 'DDIMScheduler', 'beta_start': 0.00085, 'beta_end': 0.012, 'beta_schedule':"
                        + " 'scaled_linear', 'num_train_timesteps': 1000, 'set_alpha_to_one': false, 'clip_sample': false,"
                        + " 'trained_betas': null, 'prediction_type': 'v_prediction'}"),
                "scheduler_config.json");
        assertThat(file.predictionType()).isEqualTo("v_prediction");
        assertThat(file.noise().abar(0)).isEqualTo(1 - 0.00085);
        assertThat(file.noise().abar(-1)).isEqualTo(file.noise().abar(0));
        assertThatThrownBy(() -> SchedulerFile.of(json("{'beta_schedule': 'squaredcos_cap_v2'}"), "s.json"))
                .hasMessageContaining("s.json: beta_schedule")
                .hasMessageContaining("expected linear or scaled_linear");
        assertThatThrownBy(() -> SchedulerFile.of(json("{'trained_betas': [0.1]}"), "s.json"))
                .hasMessageContaining("trained_betas");
        assertThatThrownBy(() -> SchedulerFile.of(json("{'prediction_type': 'score'}"), "s.json"))
                .hasMessageContaining("expected one of epsilon, sample, v_prediction");
    }
}
