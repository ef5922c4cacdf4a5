package org.counterweight.train.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.JsonSchema;
import org.counterweight.train.TrainConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    private static Schedule schedule(String yaml) {
        return TrainConfig.of("{schedule: " + yaml + "}").schedule();
    }

    @Test
    void theyRiseAndFall() {
        var cosine = WarmUp.of(new Cosine(), 0.1, 100);
        assertThat(cosine.warmup()).isEqualTo(10);
        assertThat(cosine.factor(0, 0)).isZero();
        assertThat(cosine.factor(5, 0)).isEqualTo(0.5);
        assertThat(cosine.factor(10, 0)).isEqualTo(1);
        assertThat(cosine.factor(55, 0)).isCloseTo(0.5, within(1e-12));
        assertThat(cosine.factor(100, 0)).isCloseTo(0, within(1e-12));
        assertThat(WarmUp.of(new Linear(), 20, 100).factor(60, 0)).isCloseTo(0.5, within(1e-12));
        assertThat(WarmUp.of(new Constant(), 0, 100).factor(0, 0)).isEqualTo(1);
    }

    /** As torch.optim.lr_scheduler.MultiStepLR and StepLR, at the beginning of each epoch. */
    @Test
    void milestonesAndStepsMultiply() {
        var milestones = WarmUp.of(schedule("{shape: milestones, at: [2, 3], factor: 0.5}"), 0, 60);
        var every = WarmUp.of(schedule("{shape: step, every: 2}"), 0, 60);
        double[] expected = {1, 1, 0.5, 0.25, 0.25, 0.25};
        for (int epoch = 0; epoch < 6; epoch++) {
            assertThat(milestones.factor(10L * epoch, epoch)).isEqualTo(expected[epoch]);
            assertThat(every.factor(10L * epoch, epoch))
                    .isCloseTo(List.of(1.0, 0.1, 0.01).get(epoch / 2), within(1e-15));
        }
    }

    /** After the warm-up the full rate, then down to nothing over the last share of the whole run. */
    @Test
    void stableThenDown() {
        var straight = WarmUp.of(schedule("{shape: wsd, decay: 0.2}"), 10, 100);
        assertThat(straight.factor(5, 0)).isEqualTo(0.5);
        assertThat(straight.factor(10, 0)).isEqualTo(1);
        assertThat(straight.factor(80, 0)).isEqualTo(1);
        assertThat(straight.factor(90, 0)).isCloseTo(0.5, within(1e-12));
        assertThat(straight.factor(99, 0)).isCloseTo(0.05, within(1e-12));
        assertThat(straight.factor(100, 0)).isCloseTo(0, within(1e-12));
        var rooted = WarmUp.of(schedule("{shape: wsd, decay: 0.2, form: sqrt}"), 10, 100);
        assertThat(rooted.factor(80, 0)).isEqualTo(1);
        assertThat(rooted.factor(85, 0)).isCloseTo(0.5, within(1e-12));
        assertThat(WarmUp.of(schedule("wsd"), 0, 10).factor(8, 0)).isCloseTo(1, within(1e-12));
    }

    /** Steps are those of the run: a warm-up does not move a milestone. */
    @Test
    void stepsCountFromTheBeginning() {
        var milestones = WarmUp.of(schedule("{shape: milestones, at: [20], unit: steps}"), 10, 60);
        assertThat(milestones.factor(5, 0)).isEqualTo(0.5);
        assertThat(milestones.factor(19, 0)).isEqualTo(1);
        assertThat(milestones.factor(20, 0)).isEqualTo(0.1);
    }

    /** So that checkpoints and recipes of before still say the same. */
    @Test
    void aShapeWithoutSettingsStaysAWord() {
        assertThat(Configs.tree(TrainConfig.of("")).get("schedule").toString()).isEqualTo("\"cosine\"");
        assertThat(Configs.tree(TrainConfig.of("{schedule: {shape: linear}}"))
                        .get("schedule")
                        .asString())
                .isEqualTo("linear");
        assertThat(Configs.tree(TrainConfig.of("{schedule: {shape: step, every: 3}}"))
                        .get("schedule")
                        .toString())
                .isEqualTo("{\"shape\":\"step\",\"every\":3,\"factor\":0.1,\"unit\":\"epochs\"}");
    }

    @Test
    void theSchemaHasEveryShape() {
        var schema = JsonSchema.object(TrainConfig.class).at("/properties/schedule");
        assertThat(schema.at("/oneOf/0/enum").toString()).isEqualTo("[\"constant\",\"linear\",\"cosine\",\"wsd\"]");
        assertThat(schema.at("/oneOf/4/properties/shape/const").asString()).isEqualTo("milestones");
        assertThat(schema.at("/oneOf/4/required").toString()).isEqualTo("[\"shape\",\"at\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cosinus | train.schedule: \"cosinus\" is unknown; did you mean \"cosine\"?",
                "{shape: stairs} | train.schedule.shape: \"stairs\" is unknown",
                "{every: 2} | train.schedule.shape is missing; give one of constant, linear, cosine, milestones, step",
                "7 | train.schedule: 7 is not allowed; expected one of constant, linear",
                "milestones | train.schedule.at is missing",
                "{shape: wsd, decay: 0} | train.schedule.decay: 0.0 is not allowed; expected a share in (0, 1]",
                "{shape: step, evry: 2} | train.schedule.evry is unknown; did you mean \"every\"?",
                "{shape: step, every: 0} | train.schedule.every: 0 is not allowed",
                "{shape: step, every: 2, unit: rows} | train.schedule.unit: \"rows\" is not allowed; expected one of epochs, steps",
                "{shape: milestones, at: [3, 2]} | train.schedule.at: [3, 2] is not allowed; expected rising integers",
                "{shape: milestones, at: []} | train.schedule.at: [] is not allowed",
                "{shape: milestones, at: [2], factor: 0} | train.schedule.factor: 0.0 is not allowed",
                "{shape: linear, factor: 2} | train.schedule.factor is unknown"
            })
    void wrongSettingsNameThemselves(String yaml, String message) {
        assertThatThrownBy(() -> schedule(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
