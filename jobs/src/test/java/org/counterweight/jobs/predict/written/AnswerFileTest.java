package org.counterweight.jobs.predict.written;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.counterweight.config.Configs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

class AnswerFileTest {
    /** A file on a full disk. */
    private static final class Full extends Writer {
        @Override
        public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("No space left on device");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @EnumSource(
            value = AnswerForm.class,
            names = {"JSONL", "CSV"})
    void whatCannotBeWrittenIsNamed(AnswerForm form) {
        ObjectNode answer = Configs.JSON.createObjectNode().put("label", "cat");
        try (AnswerFile file = AnswerFile.to(new Full(), form)) {
            assertThatThrownBy(() -> {
                        file.add(List.of(answer));
                        file.commit();
                    })
                    .hasMessage("standard output: cannot be written: No space left on device");
        }
    }
}
