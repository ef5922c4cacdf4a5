package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vocabularies of RoBERTa's kind hide words behind {@code <mask>}. */
class MaskRunsTest {
    private static final String TOKENIZER = """
            {"version": "1.0", "added_tokens": [%s],
             "pre_tokenizer": {"type": "Whitespace"},
             "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1], "trim_offsets": true,
              "add_prefix_space": false},
             "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3,
              "<mask>": 4, "the": 5, "a": 6, "cat": 7, "tree": 8, "sat": 9, "grew": 10, ",": 11}}}
            """;

    @TempDir
    private Path root;

    @Test
    void wordsAreHiddenAndFound() {
        Sandbox sandbox = model();
        sandbox.recipe(
                "/model\n",
                "/m\n",
                "model:\n",
                "task: masked_lm\nmodel:\n",
                "adapter:\n  method: bone\n  r: 2\n  targets: [query]\n",
                "",
                "epochs: 1",
                "epochs: 30",
                "lr: 1e-3",
                "lr: 1e-2",
                "max_length: 16",
                "max_length: 16\n  mask_share: 0.5");
        Ran ran = Ran.cw(sandbox.run().toArray(new String[0]));
        assertThat(ran.status()).as(ran.err()).isZero();
        Ran asked = Ran.cw("predict", root.resolve("out/merged").toString(), "--text", "the <mask> sat");
        assertThat(asked.status()).as(asked.err()).isZero();
        assertThat(Configs.JSON.readTree(asked.out()).at("/masks/0").toString()).contains("\"cat\"");
    }

    @Test
    void aBatchThatHidesNoWordTeachesNothingAndIsTold() {
        Sandbox sandbox = model();
        sandbox.recipe(
                "/model\n",
                "/m\n",
                "model:\n",
                "task: masked_lm\nmodel:\n",
                "batch_size: 8",
                "batch_size: 1",
                "max_length: 16",
                "max_length: 16\n  mask_share: 0.08\n  dev_share: 0.4\n  test_share: 0.4");
        Ran ran = Ran.cw(sandbox.run().toArray(new String[0]));
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).containsPattern("[1-9]\\d* of \\d+ steps had nothing to predict and taught nothing");
        assertThat(sandbox.read("out/metrics.jsonl")).contains("\"loss\":0.0").doesNotContain("NaN");
    }

    /** A model that fills gaps, with a vocabulary of RoBERTa's kind. */
    private Sandbox model() {
        Sandbox sandbox =
                Sandbox.in(root).model("m", "BertForMaskedLM", Map.of()).without("m/vocab.txt");
        var added = new StringBuilder();
        String[] specials = {"<pad>", "<s>", "</s>", "<unk>", "<mask>"};
        for (int id = 0; id < specials.length; id++) {
            added.append(id == 0 ? "" : ", ")
                    .append("{\"id\": ")
                    .append(id)
                    .append(", \"content\": \"")
                    .append(specials[id])
                    .append("\", \"special\": true, \"single_word\": false, \"lstrip\": false, \"rstrip\": false,"
                            + " \"normalized\": false}");
        }
        sandbox.write("m/tokenizer.json", TOKENIZER.formatted(added));
        return sandbox;
    }
}
