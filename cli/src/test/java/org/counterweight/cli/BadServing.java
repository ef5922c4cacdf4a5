package org.counterweight.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Models that cannot be served as they are asked to be. */
final class BadServing {
    private BadServing() {}

    private static List<String> serve(Sandbox sandbox, String model, String... more) {
        var words = new ArrayList<>(List.of("serve", sandbox.path(model) + "", "--port", "0"));
        words.addAll(List.of(more));
        return words;
    }

    private static List<String> served(Sandbox sandbox, String... more) {
        return serve(sandbox.classifier("c"), "c", more);
    }

    static List<BadInput> servers() {
        return List.of(
                BadInput.of(
                        "a model of images to serve",
                        s -> serve(s.imageModel("i"), "i"),
                        "i: is a model of images, and only texts are asked about here; ask it with cw predict"),
                BadInput.of(
                        "an encoder that tells nothing",
                        s -> serve(s, "model"),
                        "model: has no classification head; train one with cw run, and give its merged/ directory"),
                BadInput.of(
                        "edits of a model that fills gaps",
                        s -> serve(
                                s.model("m", "BertForMaskedLM", Map.of()),
                                "m",
                                "--layer",
                                "layer.0.output.dense",
                                "--log",
                                s.path("log") + ""),
                        "m: fills gaps, and edits are of classifiers and of models that write"),
                BadInput.of(
                        "edits that are written nowhere",
                        s -> served(s, "--layer", "layer.0.output.dense"),
                        "--layer and its like say how edits are made, and those need a place to be written to; name a"
                                + " directory with --log"),
                BadInput.of(
                        "a log that is not there yet, and no layer",
                        s -> served(s, "--log", s.path("log") + ""),
                        "no edits were logged there; say how to edit, with --layer or --settings"),
                BadInput.of(
                        "a layer that there is not",
                        s -> served(s, "--log", s.path("log") + "", "--layer", "layer.9.output.dense"),
                        "grace.layer: \"layer.9.output.dense\" is no layer of this model that can be wrapped"),
                BadInput.of(
                        "a second model beside an adapter",
                        s -> served(s, "--dawin", s.path("c") + "", "--adapter", s.path("a") + ""),
                        "--dawin answers with two whole models; leave --adapter and what concerns edits out"),
                BadInput.of(
                        "a second model of other classes",
                        s -> {
                            s.classifier("d").spoil("d/config.json", "animal", "beast");
                            return served(s, "--dawin", s.path("d") + "");
                        },
                        "d: has other classes than ",
                        "only models that tell the same ones can be mixed"),
                BadInput.of(
                        "edits that are none",
                        s -> served(s, "--edits", s.path("model") + ""),
                        "model: has no codebook.safetensors; name the directory that cw edit wrote with --output"),
                BadInput.of(
                        "a short token",
                        s -> served(s, "--token-file", s.write("token", "secret\n") + ""),
                        "token: the token is 6 characters long; expected at least 16"),
                BadInput.of(
                        "no file of the token",
                        s -> served(s, "--token-file", s.path("token") + ""),
                        "token: there is no such file"),
                BadInput.of(
                        "a port that there is not",
                        s -> List.of("serve", s.classifier("c").path("c") + "", "--port", "70000"),
                        "--port: 70000 is not allowed; expected a number from 0 to 65535"),
                BadInput.of(
                        "a host that nobody knows",
                        s -> served(s, "--host", "no.such.host.invalid"),
                        "--host: \"no.such.host.invalid\" is not allowed; expected a name or number of this machine"),
                BadInput.of(
                        "a queue for one",
                        s -> served(s, "--queue", "1"),
                        "--queue: 1 is not allowed; expected an integer of at least 10 (1024 is usual)"),
                BadInput.of(
                        "more texts in a request than may wait",
                        s -> served(s, "--queue", "20"),
                        "--max-texts: 256 is not allowed; expected at most 20, what --queue lets wait"),
                BadInput.of(
                        "no time to answer",
                        s -> served(s, "--timeout", "0"),
                        "--timeout: 0 is not allowed; expected at least 1 second (30 is usual)"));
    }
}
