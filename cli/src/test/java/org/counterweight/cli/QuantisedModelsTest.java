package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be done with quantised models, and around them. */
class QuantisedModelsTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeModel() {
        sandbox = Sandbox.in(root).classifier("c");
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }

    @Test
    void inspectTellsThatTheyAre() {
        assertThat(Ran.cw("inspect", path("c")).out()).doesNotContain("Quantised");
        Ran ran = Ran.cw("inspect", path(sandbox.codes("c").path("c").toString()));
        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .contains(
                        "I8   8 × 8",
                        "Quantised   bitsandbytes INT8, as bert.encoder.layer.0.attention.self.query.SCB");
    }

    @Test
    void anAdapterThatWasTrainedOnOneGoesOnTheWholeModel() throws IOException {
        sandbox.adapter("a", 8, 0)
                .spoil(
                        "a/adapter_config.json",
                        "{\"peft_type\"",
                        "{\"base_model_name_or_path\": \"lab/model-bnb-4bit\", \"peft_type\"");
        String config = Configs.read(root.resolve("c/config.json")).toString();
        sandbox.write(
                "a/config.json",
                "{\"quantization_config\": {\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true},"
                        + config.substring(1));
        Ran ran = Ran.cw("merge-adapter", path("c"), path("a"), path("m"));
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(Configs.read(root.resolve("m/config.json")).has("quantization_config"))
                .isFalse();
        assertThat(Ran.cw(sandbox.predict("m").toArray(String[]::new)).status()).isZero();
    }
}
