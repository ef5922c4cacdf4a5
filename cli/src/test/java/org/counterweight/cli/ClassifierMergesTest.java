package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which classifiers are merged, by the names of their classes. */
class ClassifierMergesTest {
    private static final String TWO = """
            merge_method: linear
            models:
              - {model: "@/a", parameters: {weight: 1}}
              - {model: "@/b", parameters: {weight: 1}}
            """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeModels() {
        sandbox = Sandbox.in(root).classifier("a").classifier("b");
    }

    private void unnamed(String model) {
        sandbox.spoil(
                model + "/config.json", "\"0\":\"animal\",\"1\":\"plant\"", "\"0\":\"LABEL_0\",\"1\":\"LABEL_1\"");
    }

    private Ran merge(String recipe, String... more) {
        return Ran.cw(sandbox.merge(recipe, more).toArray(String[]::new));
    }

    @Test
    void namesThatAreTheSameOrNobodyGaveAgree() {
        assertThat(merge(TWO).status()).isZero();
        unnamed("a");
        unnamed("b");
        assertThat(merge(TWO, "--overwrite").status()).isZero();
        sandbox.spoil("b/config.json", "\"id2label\":{\"0\":\"LABEL_0\",\"1\":\"LABEL_1\"},", "");
        assertThat(merge(TWO, "--overwrite").status()).isZero();
    }

    @Test
    void namesAndNoneAreNotTakenForTheSame() {
        unnamed("b");
        Ran ran = merge(TWO);
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("id2label: class 0 is \"animal\" in ", "/a, \"LABEL_0\" in ");
        assertThat(root.resolve("out")).doesNotExist();
        assertThat(merge(TWO, "--allow-crimes").status()).isZero();
    }

    @Test
    void theHeadOfABaseIsYetToBeTrained() {
        sandbox.classifier("base");
        unnamed("base");
        String vectors = TWO.replace("linear", "task_arithmetic\nbase_model: '@/base'");
        Ran ran = merge(vectors);
        assertThat(ran.status()).as(ran.err()).isZero();
        sandbox.spoil("base/config.json", "LABEL_0", "stone");
        assertThat(merge(vectors).status()).isEqualTo(2);
    }

    @Test
    void aClassMoreIsSaid() {
        sandbox.spoil("b/config.json", "\"1\":\"plant\"", "\"1\":\"plant\",\"2\":\"stone\"");
        assertThat(merge(TWO).err()).contains("id2label: 2 classes in ", "/a, 3 in ");
    }
}
