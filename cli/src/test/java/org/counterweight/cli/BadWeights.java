package org.counterweight.cli;

import java.util.List;

/** Models' directories: config, tokenizer and weights. */
final class BadWeights {
    private BadWeights() {}

    static List<BadInput> weights() {
        String file = "model/model.safetensors";
        return List.of(
                BadInput.of(
                        "a directory without weights",
                        s -> s.without(file).run(),
                        "model: has neither model.safetensors nor model.safetensors.index.json; it holds config.json"),
                BadInput.of(
                        "a pickle",
                        s -> {
                            s.write("model/pytorch_model.bin", "\u0080\u0002}.");
                            return s.without(file).run();
                        },
                        "pytorch_model.bin: is a pickle, which runs its author's code when it is opened; convert it"),
                BadInput.of(
                        "no config.json",
                        s -> s.without("model/config.json").run(),
                        "model: has no config.json; copy the model's there"),
                BadInput.of(
                        "a config.json that is no JSON",
                        s -> s.spoil("model/config.json", "{", "[").run(),
                        "model/config.json: is no JSON object ("),
                BadInput.of(
                        "an unknown architecture",
                        s -> s.spoil("model/config.json", "\"bert\"", "\"brt\"").run(),
                        "model/config.json: model_type: \"brt\" is not allowed; expected "),
                BadInput.of(
                        "a model of a family that is not computed",
                        s -> s.classifier("c")
                                .spoil("c/config.json", "\"bert\"", "\"bloom\"")
                                .predict("c"),
                        "c/config.json: model_type: \"bloom\" is of a family that is not computed here; cw merge and cw"
                                + " inspect take it, all else takes albert, bert, "),
                BadInput.of(
                        "a config that names no family",
                        s -> s.classifier("c")
                                .spoil("c/config.json", "\"model_type\":\"bert\",", "")
                                .predict("c"),
                        "c/config.json: model_type is missing; it names the model's family: albert, bert, "),
                BadInput.of(
                        "an impossible size",
                        s -> s.spoil("model/config.json", "\"hidden_size\":8", "\"hidden_size\":0")
                                .run(),
                        "model/config.json: hidden_size: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "heads that do not divide the width",
                        s -> s.spoil("model/config.json", "\"num_attention_heads\":2", "\"num_attention_heads\":3")
                                .run(),
                        "model/config.json: hidden_size: 8 is not allowed; expected a multiple of num_attention_heads, 3"),
                BadInput.of(
                        "weights of another shape than the config says",
                        s -> s.spoil("model/config.json", "\"intermediate_size\":12", "\"intermediate_size\":16")
                                .run(),
                        "model: bert.encoder.layer.0.intermediate.dense.weight is [12, 8], but config.json asks for [16, 8]"),
                BadInput.of(
                        "a config and a head that disagree about the number of classes",
                        s -> s.classifier("c")
                                .spoil("c/config.json", "\"1\":\"plant\"", "\"1\":\"plant\",\"2\":\"stone\"")
                                .predict("c"),
                        "c/config.json: names 3 classes, but classifier.weight in ",
                        "c has rows for 2; give id2label a name for each row"),
                BadInput.of(
                        "a config that counts its classes twice",
                        s -> s.classifier("c")
                                .spoil("c/config.json", "\"hidden_size\"", "\"num_labels\":3,\"hidden_size\"")
                                .predict("c"),
                        "c/config.json: num_labels is 3, but id2label names 2 classes; take out the one that is wrong"),
                BadInput.of(
                        "a class without a name among those that have one",
                        s -> s.classifier("c")
                                .spoil("c/config.json", "{\"0\":", "{\"2\":")
                                .predict("c"),
                        "c/config.json: id2label: {\"2\":\"animal\",\"1\":\"plant\"} is not allowed; expected a name for each"
                                + " class, by the numbers from 0 on"),
                BadInput.of(
                        "a BERT that listens to an encoder beside it",
                        s -> s.spoil(
                                        "model/config.json",
                                        "\"hidden_size\"",
                                        "\"is_decoder\":true,\"add_cross_attention\":true,\"hidden_size\"")
                                .run(),
                        "model/config.json: add_cross_attention: true is not allowed; expected false: a decoder without an"
                                + " encoder beside it"),
                BadInput.of(
                        "a layer is missing",
                        s -> s.spoil("model/config.json", "\"num_hidden_layers\":1", "\"num_hidden_layers\":2")
                                .run(),
                        "model: has no bert.encoder.layer.1.attention.self.query.weight and 15 others, which its"
                                + " config.json asks for"),
                BadInput.of(
                        "a file that is cut short",
                        s -> s.cut(file, 100).run(),
                        "model.safetensors: its header describes ",
                        "it is cut short: fetch it again"),
                BadInput.of(
                        "a header of 2^60 bytes",
                        s -> s.safetensors(file, 1L << 60, "{}", 0).run(),
                        "model.safetensors: header length 1152921504606846976 does not fit a file of 10 bytes",
                        "fetch it again"),
                BadInput.of(
                        "tensors that overlap",
                        s -> s.safetensors(
                                        file,
                                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                                                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
                                        12)
                                .run(),
                        "model.safetensors: b: starts at 4, expected 8 (it overlaps another tensor)",
                        "fetch it again"),
                BadInput.of(
                        "an unknown type",
                        s -> s.safetensors(file, "{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8)
                                .run(),
                        "model.safetensors: a: dtype \"F33\" is unknown; known are ",
                        "BF16"),
                BadInput.of(
                        "a shard outside of the directory",
                        s -> {
                            s.write(
                                    "model/model.safetensors.index.json",
                                    "{\"weight_map\": {\"a\": \"../secret.safetensors\"}}");
                            return s.run();
                        },
                        "model.safetensors.index.json: places a in \"../secret.safetensors\"; a shard is named by a file of"
                                + " the same directory"),
                BadInput.of(
                        "quantised weights",
                        s -> s.spoil(
                                        "model/config.json",
                                        "{\"model_type\"",
                                        "{\"quantization_config\":{\"quant_method\":\"fp8\"},\"model_type\"")
                                .run(),
                        "model: is quantised (fp8, as quantization_config in config.json shows), and only whole weights can"
                                + " be computed with; take the model that it was made from, or dequantise it"),
                BadInput.of(
                        "a fresh model after the config of a quantised one",
                        s -> s.spoil(
                                        "model/config.json",
                                        "{\"model_type\"",
                                        "{\"quantization_config\":{\"quant_method\":\"fp8\"},\"model_type\"")
                                .recipe(
                                        "data:", "  from_scratch: true\ndata:",
                                        "adapter:\n  method: bone\n  r: 2\n  targets: [query]\n", ""),
                        "model: is quantised (fp8, as quantization_config in config.json shows)",
                        "take that out of config.json"),
                BadInput.of(
                        "quantised weights to ask",
                        s -> s.classifier("c").codes("c").predict("c"),
                        "c: is quantised (bitsandbytes INT8, as bert.encoder.layer.0.attention.self.query.SCB shows)"),
                BadInput.of(
                        "quantised weights to put an adapter into",
                        s -> List.of(
                                "merge-adapter",
                                s.classifier("c").codes("c").path("c") + "",
                                s.adapter("a", 8, 0).path("a") + "",
                                s.path("out") + ""),
                        "c: is quantised (bitsandbytes INT8"),
                BadInput.of(
                        "no tokenizer",
                        s -> s.without("model/vocab.txt").run(),
                        "model: has neither tokenizer.json nor vocab.txt; copy the model's tokenizer there"),
                BadInput.of(
                        "a tokenizer that is none",
                        s -> {
                            s.write("model/tokenizer.json", "{\"version\": \"1.0\", \"model\": 3}");
                            return s.run();
                        },
                        "model/tokenizer.json: the tokenizer cannot be read (",
                        "copy the model's own again"));
    }
}
