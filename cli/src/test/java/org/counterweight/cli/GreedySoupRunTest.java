package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of a soup are chosen on rows held out. */
class GreedySoupRunTest {
    private static final String BIAS = "classifier.bias";
    private static final String SOUP = """
            merge_method: greedy_soup
            models: [{model: "@/wrong"}, {model: "@/right"}, {model: "@/like"}]
            parameters: {dev: "@/dev.csv", text: gloss, label: kind}
            """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    /** The bias decides: two models say plant, one says animal, and all rows are plants. */
    @BeforeEach
    void makeModels() {
        sandbox = Sandbox.in(root);
        model("wrong", 9, -9);
        model("right", -1, 1);
        model("like", -2, 2);
        sandbox.write("dev.csv", "gloss,kind\nthe cat sat,plant\na tree,plant\n");
    }

    private void model(String name, float animal, float plant) {
        sandbox.classifier(name);
        try (var scope = Scope.open()) {
            Map<String, Tensor> weights =
                    new LinkedHashMap<>(Architectures.of(Configs.json(sandbox.read(name + "/config.json"), "config"))
                            .initialize(new Seed(1).generator()));
            weights.put(BIAS, Tensors.floats(new float[] {animal, plant}, 2));
            sandbox.weights(name + "/model.safetensors", weights);
        }
    }

    @Test
    void thoseThatHelpAreAveragedAndTheOthersNamed() {
        Ran ran = Ran.cw(sandbox.merge(SOUP).toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains(
                        "wrong: 0.00 % right on ",
                        "left out", "right: 100.00 % right on ", "greedy soup of 2: 100.00 % right");
        try (var scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(root.resolve("out/model.safetensors"))) {
            assertTensor(file.tensor(BIAS)).isEqualTo(Tensors.floats(new float[] {-1.5f, 1.5f}, 2));
            assertThat(file.metadata().toString()).contains("greedy_soup", "kept", "/like");
        }
        assertThat(Ran.cw("verify", root.resolve("out").toString()).status()).isZero();
    }

    @Test
    void aCheckChoosesNothing() {
        Ran ran = Ran.cw("merge", sandbox.merge(SOUP).get(1), "--check");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("The recipe fits: ");
        sandbox.without("dev.csv");
        assertThat(Ran.cw("merge", sandbox.merge(SOUP).get(1), "--check").err()).contains("there is no such file");
    }
}
