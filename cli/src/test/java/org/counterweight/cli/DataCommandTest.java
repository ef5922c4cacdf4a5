package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DataCommandTest {
    @Test
    void theListNamesEveryHoldingWithItsLicence() {
        Ran ran = Ran.cw("data", "list");
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).contains("minilm", "Apache-2.0", "wordnet-nouns", "11 MB by maven");
    }

    @Test
    void aWrongNameIsRefusedBeforeAnythingIsFetched() {
        Ran ran = Ran.cw("data", "fetch", "minilm", "wordnet-noun");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains("there is no model or data set \"wordnet-noun\"; did you mean \"wordnet-nouns\"?");
    }

    @Test
    void withoutAWordTheHelpIsShown() {
        assertThat(Ran.cw("data").out()).contains("Usage: cw data", "list", "fetch");
    }
}
