package org.counterweight.cli;

import java.util.List;
import java.util.stream.Stream;

/** Clients that cannot train together. */
final class BadFederations {
    private static final String RECIPE = """
        threads: 1
        task: image_classification
        model: {architecture: {type: mlp, hidden: [4]}}
        clients:
          - {name: theirs, data: {train: examples/data/digits/source1-images-idx3-ubyte.gz}}
          - {name: mine, target: true, data: {train: examples/data/digits/target-images-idx3-ubyte.gz, rows: 30}}
        federate: {rounds: 1, warmup_rounds: 0, baselines: []}
        output: {directory: "@/out"}
        """;

    private BadFederations() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "a recipe without clients",
                        s -> List.of("federate", s.path("recipe.yaml") + ""),
                        "data: each client has rows of its own; write it below clients"),
                BadInput.of(
                        "no client whose model is wanted",
                        s -> federate(s, "target: true, ", ""),
                        "clients: 0 of them have target: true, and one must have it"),
                BadInput.of(
                        "two clients of one name",
                        s -> federate(s, "name: theirs", "name: mine"),
                        "clients: two are named \"mine\"; give each a name of its own"),
                BadInput.of(
                        "a client without data",
                        s -> federate(
                                s,
                                "{name: theirs, data: {train: examples/data/digits/source1-images-idx3-ubyte.gz}}",
                                "{name: theirs}"),
                        "client theirs: data: give either name"),
                BadInput.of(
                        "a client whose file is not there",
                        s -> federate(s, "source1", "source9"),
                        "client theirs: examples/data/digits/source9-images-idx3-ubyte.gz: there is no such file"),
                BadInput.of(
                        "a client without rows",
                        s -> {
                            s.write(
                                    "empty-images-idx3-ubyte",
                                    new byte[] {0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 8});
                            s.write("empty-labels-idx1-ubyte", new byte[] {0, 0, 8, 1, 0, 0, 0, 0});
                            return federate(
                                    s,
                                    "examples/data/digits/source1-images-idx3-ubyte.gz",
                                    s.path("empty-images-idx3-ubyte") + "");
                        },
                        "client theirs: "),
                BadInput.of(
                        "no share of the sources",
                        s -> federate(s, "rounds: 1,", "rounds: 1, part_rate: 0.0,"),
                        "federate.part_rate: 0.0 is not allowed; expected a number in (0, 1]"),
                BadInput.of(
                        "an end before the first round",
                        s -> federate(s, "rounds: 1,", "rounds: 1, early_stop: 0,"),
                        "federate.early_stop: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "all rows kept back",
                        s -> federate(s, "rounds: 1,", "rounds: 1, early_stop: 5, validation_share: 1.0,"),
                        "federate.validation_share: 1.0 is not allowed; expected above 0 and below 1"),
                BadInput.of(
                        "a client of other images",
                        s -> {
                            byte[] images = new byte[16 + 2 * 16];
                            System.arraycopy(
                                    new byte[] {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4}, 0, images, 0, 16);
                            s.write("other-images-idx3-ubyte", images);
                            s.write("other-labels-idx1-ubyte", new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 0, 1});
                            return federate(
                                    s,
                                    "examples/data/digits/source1-images-idx3-ubyte.gz",
                                    s.path("other-images-idx3-ubyte") + "");
                        },
                        "client theirs: data: these images are [1, 4, 4], and those that the model has learnt are [1,"
                                + " 8, 8]"),
                BadInput.of(
                        "a task without classes",
                        s -> federate(s, "task: image_classification", "task: regression"),
                        "task: \"regression\" is not allowed; expected one that tells one class of each row"),
                BadInput.of(
                        "a way that there is not",
                        s -> federate(s, "rounds: 1", "method: fedpg"),
                        "federate.method: \"fedpg\" is not allowed; expected one of fedgp, fedda"),
                BadInput.of(
                        "a weight beyond 1",
                        s -> federate(s, "rounds: 1", "beta: 1.5"),
                        "federate.beta: 1.5 is not allowed; expected a number in [0, 1]"),
                BadInput.of(
                        "a learning rate of nothing",
                        s -> federate(s, "rounds: 1", "target_lr: 0"),
                        "federate.target_lr: 0.0 is not allowed; expected a number above 0"),
                BadInput.of(
                        "an estimate from one batch",
                        s -> federate(s, "rounds: 1", "target_batch_size: 64"),
                        "auto-weighting needs at least 2 target batches, got 1; lower target_batch_size or use fixed"
                                + " beta"),
                BadInput.of(
                        "settings of a training that there is not",
                        s -> federate(s, "threads: 1", "train: {lr: 0.1}"),
                        "train.lr: clients train as federate says (source_lr, target_lr and so on)"),
                BadInput.of(
                        "a device that clients do not share",
                        s -> federate(s, "threads: 1", "device: cuda"),
                        "device: \"cuda\" is not allowed; expected cpu or auto"),
                BadInput.of(
                        "a cluster without its libraries",
                        s -> Stream.concat(
                                        federate(s, "threads: 1", "threads: 2").stream(),
                                        Stream.of("--spark", "spark://host:7077"))
                                .toList(),
                        "--spark: Spark is not on the class path; submit the program to it"),
                BadInput.of(
                        "an adapter",
                        s -> federate(s, "threads: 1", "weigh: {method: loss_reweighting, r: 1.0}"),
                        "federate trains all weights of each client with plain cross-entropy"));
    }

    private static List<String> federate(Sandbox sandbox, String good, String bad) {
        if (!RECIPE.contains(good)) {
            throw new IllegalArgumentException(good);
        }
        sandbox.write(
                "federate.yaml",
                RECIPE.replace(good, bad).replace("@", sandbox.root().toString().replace('\\', '/')));
        return List.of("federate", sandbox.path("federate.yaml") + "");
    }
}
