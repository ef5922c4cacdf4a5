package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter goes on the model that it was made for, and on it once, unless its user insists. */
class OtherBaseTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeModels() {
        sandbox = Sandbox.in(root)
                .classifier("c")
                .model("other", "BertForSequenceClassification", Map.of("initializer_range", 1));
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }

    private Ran predict(String model, String adapter, String... more) {
        var words = new ArrayList<>(sandbox.predict(model, more));
        words.addAll(List.of("--adapter", path(adapter)));
        return Ran.cw(words.toArray(String[]::new));
    }

    @Test
    void theAdapterOfARunKnowsItsBase() {
        assertThat(Ran.cw(sandbox.run().toArray(String[]::new)).status()).isZero();
        assertThat(predict("model", "out/adapter").status()).isZero();

        Ran other = predict("other", "out/adapter");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err())
                .contains(
                        path("out/adapter") + ": was made for " + path("model") + " (sha256 ",
                        path("other") + " is not that model");
        assertThat(predict("other", "out/adapter", "--force").status()).isZero();

        Ran merge = Ran.cw("merge-adapter", path("other"), path("out/adapter"), path("m"));
        assertThat(merge.status()).isEqualTo(2);
        assertThat(merge.err()).contains("was made for " + path("model"));
        assertThat(root.resolve("m")).doesNotExist();
        assertThat(Ran.cw("merge-adapter", path("other"), path("out/adapter"), path("m"), "--force")
                        .status())
                .isZero();
    }

    @Test
    void theModelOfTheRunHasItAlready() {
        assertThat(Ran.cw(sandbox.run().toArray(String[]::new)).status()).isZero();
        Ran twice = predict("out/merged", "out/adapter");
        assertThat(twice.status()).isEqualTo(2);
        assertThat(twice.err())
                .contains(path("out/merged") + ": has the adapter " + path("out/adapter") + " merged into it already");
        assertThat(predict("out/merged", "out/adapter", "--force").status()).isZero();
    }

    @Test
    void anAdapterOfOthersIsKnownWhereItWasMerged() {
        sandbox.adapter("a", 8, 0.5);
        assertThat(predict("c", "a").status()).isZero();
        assertThat(predict("other", "a").status()).as("it does not say of what").isZero();
        assertThat(Ran.cw("merge-adapter", path("c"), path("a"), path("m")).status())
                .isZero();

        Ran twice = Ran.cw("merge-adapter", path("m"), path("a"), path("n"));
        assertThat(twice.status()).isEqualTo(2);
        assertThat(twice.err()).contains(path("m") + ": has the adapter " + path("a") + " merged into it already");
        assertThat(predict("m", "a").status()).isEqualTo(2);
        sandbox.adapter("b", 8, 0.25);
        assertThat(predict("m", "b").status()).as("another one").isZero();
    }
}
