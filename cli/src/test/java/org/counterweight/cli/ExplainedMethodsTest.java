package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method of the catalogue does its work from the command line, on tiny models and texts: what {@code cw explain} gives
 * to paste is pasted, and runs.
 */
class ExplainedMethodsTest {
    @TempDir
    private Path root;

    static Stream<String> methods() {
        return Catalogue.all().stream().map(Method::name);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void whatIsGivenToPasteRuns(String method) {
        List<Integer> done = method.equals("audit") ? List.of(0, 3, 4) : List.of(0); // an audit's status is its verdict
        assertThat(Pasted.in(root).run(method))
                .isNotEmpty()
                .allSatisfy(ran -> assertThat(ran.status()).as(ran.err()).isIn(done));
    }

    @Test
    void whatElseIsNeededIsSaid() {
        assertThat(Pasted.text("doremi"))
                .startsWith("# for task: text_classification or masked_lm or table_classification or regression or"
                        + " multi_label_classification\n# and in data, for columns of your file:"
                        + " columns: {group: group, ref_loss: ref_loss}\nweigh:\n");
        assertThat(Pasted.text("group_dro"))
                .startsWith("# for task: text_classification or image_classification or table_classification or"
                        + " node_classification\nweigh:\n");
    }
}
