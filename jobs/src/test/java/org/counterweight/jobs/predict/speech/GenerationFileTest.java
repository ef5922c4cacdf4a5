package org.counterweight.jobs.predict.speech;

import static org.assertj.core.api.Assertions.assertThat;

import org.counterweight.config.Configs;
import org.junit.jupiter.api.Test;

/** What model files ask of whoever goes on with texts. */
class GenerationFileTest {
    private static GenerationFile file(String json) {
        return new GenerationFile(Configs.json(json, "test"));
    }

    @Test
    void endsAreOneOrMany() {
        assertThat(file("{\"eos_token_id\": 2}").ends()).containsExactly(2L);
        assertThat(file("{\"eos_token_id\": [2, 7]}").ends()).containsExactlyInAnyOrder(2L, 7L);
        assertThat(file("{\"eos_token_id\": null}").ends()).isEmpty();
    }

    @Test
    void whatIsNotDoneIsNamed() {
        assertThat(file("{\"repetition_penalty\": 1.05, \"num_beams\": 4, \"bad_words_ids\": [[3]],"
                                + " \"forced_eos_token_id\": 2, \"temperature\": 0.6}")
                        .unheeded())
                .containsExactly("num_beams: 4", "repetition_penalty: 1.05", "bad_words_ids", "forced_eos_token_id");
    }

    @Test
    void whatChangesNothingIsNotNamed() {
        assertThat(file("{\"repetition_penalty\": 1.0, \"num_beams\": 1, \"min_length\": 0, \"suppress_tokens\": [],"
                                + " \"sequence_bias\": null}")
                        .unheeded())
                .isEmpty();
    }
}
