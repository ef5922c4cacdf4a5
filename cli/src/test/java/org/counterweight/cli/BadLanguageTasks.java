package org.counterweight.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;

/** Language models, and the machine that is asked for. */
final class BadLanguageTasks {
    private BadLanguageTasks() {}

    static List<BadInput> language() {
        return List.of(
                BadInput.of(
                        "an unknown task",
                        s -> s.recipe("model:\n", "task: casual_lm\nmodel:\n"),
                        "task: \"casual_lm\" is not allowed; expected one of text_classification,"
                                + " token_classification, causal_lm, masked_lm, text_to_text, image_classification,"
                                + " table_classification, regression, multi_label_classification"),
                BadInput.of(
                        "an encoder is to find the next word",
                        s -> s.recipe("model:\n", "task: causal_lm\nmodel:\n"),
                        "model/config.json: model_type: \"bert\" is not allowed; expected a decoder (gemma, "),
                BadInput.of(
                        "an encoder is to answer texts",
                        s -> s.recipe("model:\n", "task: text_to_text\nmodel:\n"),
                        "model/config.json: model_type: \"bert\" is not allowed; expected a model that answers texts:"
                                + " mt5, t5, umt5"),
                BadInput.of(
                        "answers that are all the same (found by `--check` too)",
                        s -> {
                            s.write("texts.csv", "text,label\nthe cat,sat\na tree,sat\n");
                            t5(s).recipe(
                                            "model:\n",
                                            "task: text_to_text\nmodel:\n",
                                            "/model\n",
                                            "/t5\n",
                                            "[query]",
                                            "[q]");
                            return s.run("--check");
                        },
                        "texts.csv: label has one answer to every text, so that there is nothing to learn"),
                BadInput.of(
                        "a model that answers texts is asked how likely they are",
                        s -> List.of("predict", t5(s).path("t5").toString(), "--text", "the cat", "--perplexity"),
                        "t5: --perplexity goes with a decoder that has a language model's head"),
                BadInput.of(
                        "a prompt without vectors to be told",
                        s -> List.of("predict", s.path("model").toString(), "--text", "a", "--prompt", "query"),
                        "--prompt goes with --embed; add it"),
                BadInput.of(
                        "a tokenizer in SentencePiece's format of a family whose is not read",
                        s -> {
                            s.classifier("c").without("c/vocab.txt").write("c/spiece.model", "x");
                            return List.of("predict", s.path("c").toString(), "--text", "a");
                        },
                        "c/spiece.model: is SentencePiece's file of bert, whose tokens are not read from it here; write"
                                + " tokenizer.json once with Python"),
                BadInput.of(
                        "a damaged tokenizer in SentencePiece's format",
                        s -> {
                            s.classifier("c").without("c/vocab.txt").write("c/spiece.model", "x");
                            s.write("c/tokenizer_config.json", "{\"tokenizer_class\": \"T5Tokenizer\"}");
                            return List.of("predict", s.path("c").toString(), "--text", "a");
                        },
                        "c/spiece.model: at byte 1: found the end within a number; the file is damaged or of another"
                                + " kind: expected a SentencePiece model; copy the model's own again"),
                BadInput.of(
                        "a token with a number that cannot be",
                        s -> {
                            s.classifier("c").write("c/added_tokens.json", "{\"<x>\": \"seven\"}");
                            return List.of("predict", s.path("c").toString(), "--text", "a");
                        },
                        "c/added_tokens.json: <x> has \"seven\", expected the token's number; copy the model's own"
                                + " again"),
                BadInput.of(
                        "an encoder without a head for hidden words, checked alone",
                        s -> {
                            s.recipe("model:\n", "task: masked_lm\nmodel:\n");
                            return s.run("--check");
                        },
                        "has no cls.predictions",
                        "the head of this task is missing, and is not learnt from random weights; take a model that"
                                + " has it"),
                BadInput.of(
                        "a language model judged by accuracy",
                        s -> s.recipe("train:\n", "task: masked_lm\ntrain:\n  best_by: accuracy\n"),
                        "train.best_by: \"accuracy\" is not allowed; expected one of loss, perplexity for task:"
                                + " masked_lm"),
                BadInput.of(
                        "an adapter on random weights",
                        s -> s.recipe("/model\n", "/model\n  from_scratch: true\n"),
                        "model.from_scratch: true does not go with adapter"),
                BadInput.of(
                        "texts too short for one row",
                        s -> s.decoder("g")
                                .recipe(
                                        "model:\n",
                                        "task: causal_lm\nmodel:\n",
                                        "/model\n",
                                        "/g\n",
                                        "max_length: 16",
                                        "max_length: 60",
                                        "[query]",
                                        "[c_attn]"),
                        "the texts to choose by are too short for one row of data.max_length: 60 tokens"),
                BadInput.of(
                        "texts of a classifier that are to be kept apart",
                        s -> s.recipe("max_length: 16", "max_length: 16\n  document_masks: true"),
                        "data.document_masks is of texts that are joined, and task: text_classification joins none"),
                BadInput.of(
                        "texts of a row that a recurrent network cannot keep apart (found by `--check`)",
                        s -> {
                            var words = new ArrayList<>(pretrained(s, "document_masks: true", "batch_size: 2"));
                            s.write(
                                    "g/config.json",
                                    "{\"model_type\": \"gru\", \"architectures\": [\"RecurrentForCausalLM\"],"
                                            + " \"vocab_size\": 257, \"hidden_size\": 8, \"eos_token_id\": 256}");
                            words.add("--check");
                            return words;
                        },
                        "data.document_masks: a recurrent network reads a row from its first token to its last,"
                                + " whatever documents it has; leave document_masks out, or take a transformer"),
                BadInput.of(
                        "a directory for tokens that has something else",
                        s -> {
                            s.write("kept/train/note.txt", "mine");
                            return pretrained(s, "shards: \"@/kept\"", "epochs: 1");
                        },
                        "data.shards: ",
                        "has something else in it, which would be lost; name another directory"),
                BadInput.of(
                        "domains that the texts are not of",
                        s -> pretrained(
                                s, "columns: {group: label}", "sampler: {kind: domains, weights: {mineral: 1}}"),
                        "train.sampler.weights: \"mineral\" is no domain of these rows"),
                BadInput.of(
                        "domains of texts that have none",
                        s -> pretrained(s, "rows: 1000", "sampler: {kind: domains, weights: {plant: 1}}"),
                        "train.sampler: domains draws by domains, and these rows have none"),
                BadInput.of(
                        "a share of the run to go down in that is none",
                        s -> pretrained(s, "rows: 1000", "schedule: {shape: wsd, decay: 1.5}"),
                        "train.schedule.decay: 1.5 is not allowed; expected a share in (0, 1]"),
                BadInput.of(
                        "an unknown device",
                        s -> s.run("--device", "tpu"),
                        "device: \"tpu\" is not allowed; expected auto, cpu, cuda or cuda:N"),
                BadInput.of(
                        "no threads",
                        s -> s.run("--threads", "0"),
                        "threads: 0 is not allowed; expected an integer from 1 to 1024 (null is one a core), or null"),
                BadInput.of(
                        "the perplexity of a classifier",
                        s -> s.classifier("c").predict("c", "--perplexity"),
                        "c: --perplexity goes with a decoder that has a language model's head"),
                BadInput.of(
                        "a share of the probability that nothing is drawn from",
                        s -> s.decoder("g").predict("g", "--top-p", "0.9"),
                        "add --temperature 1"),
                BadInput.of(
                        "a negative temperature",
                        s -> s.decoder("g").predict("g", "--temperature", "-1"),
                        "temperature: -1.0 is not allowed; expected a number of at least 0 (0 for the likeliest token,"
                                + " 0.7 to 1 is usual)"),
                BadInput.of(
                        "a share of the likeliest token that is all of it",
                        s -> s.decoder("g").predict("g", "--temperature", "1", "--min-p", "1"),
                        "min_p: 1.0 is not allowed; expected a number in [0, 1) (0.05 to 0.1 is usual)"),
                BadInput.of(
                        "a penalty of repetitions that is none",
                        s -> s.decoder("g").predict("g", "--repetition-penalty", "0"),
                        "repetition_penalty: 0.0 is not allowed; expected a number above 0"),
                BadInput.of(
                        "a stop word without a letter",
                        s -> s.decoder("g").predict("g", "--stop", ""),
                        "--stop: \"\" is not allowed; expected at least one letter"),
                BadInput.of(
                        "a chat with a model that has no template",
                        s -> s.decoder("g").predict("g", "--chat"),
                        "g: has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json);"),
                BadInput.of(
                        "words for a chat model without a chat",
                        s -> s.decoder("g").predict("g", "--system", "Be brief."),
                        "--system is told to a chat model; add --chat"),
                BadInput.of(
                        "a chat template that is broken",
                        s -> chat(s, "{% for m in messages %}"),
                        "chat_template.jinja: the chat template cannot be read: line 1: {% for %} has no {% endfor %}"),
                BadInput.of(
                        "a chat template that never ends",
                        s -> chat(s, "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}"),
                        "conversation 1: ",
                        "macros call one another more than 100 deep"),
                BadInput.of(
                        "a conversation that the template does not take",
                        s -> chat(s, "{{ raise_exception('no user here') }}"),
                        "the chat template does not take this conversation: line 1: no user here"),
                BadInput.of(
                        "tools that are no list",
                        s -> {
                            chat(s, "x");
                            return s.predict("g", "--chat", "--tools", s.write("tools.json", "{}") + "");
                        },
                        "tools.json is no JSON list; expected a list of functions in JSON Schema"),
                BadInput.of(
                        "no text at once",
                        s -> s.decoder("g").predict("g", "--batch", "0"),
                        "--batch: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "texts told as they come, and written to a file",
                        s -> s.decoder("g").predict("g", "--stream", "--output", s.path("x.jsonl") + ""),
                        "--stream tells texts as they come, without a file; leave --output and --format out"),
                BadInput.of(
                        "more new tokens than the model has positions for",
                        s -> s.decoder("g").predict("g", "--max-new-tokens", "100"),
                        "--max-new-tokens and the text: 107 is not allowed; expected at most 64"),
                BadInput.of(
                        "nothing to go on from",
                        s -> {
                            s.decoder("g");
                            return List.of("predict", s.path("g") + "", "--text", "");
                        },
                        "--text: \"\" is not allowed; expected at least one word"),
                BadInput.of(
                        "a text without a gap for an encoder's words",
                        s -> s.model("m", "BertForMaskedLM", Map.of()).predict("m"),
                        "--text: \"the cat\" is not allowed; expected a text with a gap, [MASK]"));
    }

    /** With a small T5 beside the other models. */
    private static Sandbox t5(Sandbox sandbox) {
        var config = Configs.json(
                "{\"model_type\": \"t5\", \"architectures\": [\"T5ForConditionalGeneration\"], \"vocab_size\": 12,"
                        + " \"d_model\": 8, \"d_kv\": 4, \"d_ff\": 8, \"num_layers\": 1, \"num_heads\": 2,"
                        + " \"decoder_start_token_id\": 0, \"eos_token_id\": 2, \"pad_token_id\": 0}",
                "config");
        new TheirModels(sandbox).model("t5", config, TheirModels.shapes(config), true);
        return sandbox;
    }

    /** A run of a decoder on texts of two labels, with that of its data and of its training. */
    private static List<String> pretrained(Sandbox s, String data, String train) {
        return s.decoder("g").recipeOf("""
            task: causal_lm
            model: {name: "@/g", from_scratch: true}
            data: {train: "@/texts.csv", max_length: 4, %s}
            train: {max_steps: 2, %s}
            output: {directory: "@/out"}
            """.formatted(data, train));
    }

    /** A decoder that is asked as a chat model with that template. */
    private static List<String> chat(Sandbox s, String template) {
        s.decoder("g");
        s.write("g/chat_template.jinja", template);
        return s.predict("g", "--chat");
    }
}
