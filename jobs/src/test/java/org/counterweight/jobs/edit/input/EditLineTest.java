package org.counterweight.jobs.edit.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as they were written down at one time or another. */
class EditLineTest {
    @TempDir
    private Path directory;

    private List<EditLine> read(String content) throws IOException {
        return EditLine.read(Files.writeString(directory.resolve("edits"), content));
    }

    /** The same request, by the keys of EasyEdit's examples, of its data sets, and of the official code's questions. */
    @ParameterizedTest
    @ValueSource(strings = {"""
                {"prompt": "Who was the architect?", "target_new": "Ann Lee", "rephrase_prompt": "Who designed it?",
                 "locality": {"neighborhood": {"prompt": "Who wrote it?", "ground_truth": "Bo"}}}
                """, """
                {"subject": "a house", "src": "Who was the architect?", "pred": "Cy", "rephrase": "Who designed it?",
                 "alt": "Ann Lee", "answers": ["Cy"], "loc": "Who wrote it?", "loc_ans": "Bo", "cond": "Cy >> Ann Lee"}
                """, """
                {"subject": "a house", "prompt": "Who was the architect?", "target_new": "Ann Lee", "ground_truth": ["Cy"],
                 "rephrase_prompt": ["Who designed it?"], "portability": {"reasoning": [{"prompt": "Where?"}]},
                 "locality": {"Relation_Specificity": [{"prompt": "Who wrote it?", "ground_truth": [["Bo"]]}]}}
                """, """
                {"prompt": "Who was the architect?", "target_new": "Ann Lee", "ood_rephrase": "Who designed it?",
                 "locality_prompt": "Who wrote it?", "locality_ground_truth": "Bo"}
                """, """
                {"prompt": "Who was the architect?", "target_new": "Ann Lee", "rephrase": "Who designed it?",
                 "locality_rs": [{"prompt": "Who wrote it?", "ground_truth": [["Bo"]]}], "locality_f": []}
                """, """
                {"input": "Who was the architect?", "prediction": "Cy", "alternatives": ["Di"],
                 "filtered_rephrases": ["Who designed it?"], "output": [{"answer": "Ann Lee", "provenance": []}],
                 "loc": "Who wrote it?"}
                """})
    void requestsOfEveryAgeAreTheSame(String request) throws IOException {
        String line = request.strip().replace('\n', ' ');
        for (String file : List.of(line, "\n[\n" + request + "]", "\uFEFF[" + line + "]\n")) {
            EditLine read = read(file).get(0);
            assertThat(read.text()).isEqualTo("Who was the architect?");
            assertThat(read.wanted()).isEqualTo("Ann Lee");
            assertThat(read.rephrasings()).containsExactly("Who designed it?");
            assertThat(read.locality()).containsExactly("Who wrote it?");
        }
    }

    @Test
    void eachHasAPlaceForMessages() throws IOException {
        String request = "{\"text\": \"a\", \"labels\": 3}";
        assertThat(read(request + "\n\n" + request))
                .extracting(EditLine::name)
                .containsExactly(place(":1"), place(":3"));
        assertThat(read("[" + request + ", " + request + "]"))
                .extracting(EditLine::name)
                .containsExactly(place(", request 1"), place(", request 2"));
        assertThat(read(request).get(0).wanted()).isEqualTo("3");
    }

    private String place(String in) {
        return directory.resolve("edits") + in;
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "", "[3]", "[{\"text\": \"a\"}]", "[{\"text\": \"a\", \"output\": [\"b\"]}]", "[{"})
    void whatIsNoRequestIsRefusedByItsPlace(String file) {
        assertThatThrownBy(() -> read(file)).isInstanceOf(DataException.class).hasMessageContaining(place(""));
    }
}
