package org.counterweight.cli;

import java.util.List;

/** Graphs that are none, and what does not go with them. */
final class BadGraphs {
    private static final String RECIPE = """
            task: node_classification
            model: {architecture: {type: graphsage, hidden: [4]}}
            data: {train: "@/graph", target: "@/target"}
            reweigh_edges: {start_epoch: 1}
            train: {epochs: 2, precision: float32}
            output: {directory: "@/out", baseline: false}
            """;

    private BadGraphs() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "no table of edges (found by `--check` too)",
                        s -> checked(without(s, "graph/edges.csv")),
                        "graph/edges.csv: there is no such file, nor one of another ending"),
                BadInput.of(
                        "a column of nodes that is not there (found by `--check` too)",
                        s -> checked(recipe(good(s), "graph\"", "graph\", names: {id: name}")),
                        "nodes.csv: has no column \"name\""),
                BadInput.of(
                        "an edge to nowhere",
                        s -> graph(s, "graph/edges.csv", "source,target\na,b\nb,zzz\n"),
                        "graph/edges.csv: line 3: target is zzz, and no node has that id"),
                BadInput.of(
                        "an edge that counts less than nothing",
                        s -> graph(s, "graph/edges.csv", "source,target,weight\na,b,1\nb,a,-2\n"),
                        "graph/edges.csv: line 3: weight is -2.0; give each edge a number of at least 0"),
                BadInput.of(
                        "an edge without a weight among others",
                        s -> graph(s, "graph/edges.csv", "source,target,weight\na,b,1\nb,a,\n"),
                        "graph/edges.csv: 1 row lacks a value, at line 3: no weight"),
                BadInput.of(
                        "features that are no numbers",
                        s -> graph(s, "graph/nodes.csv", "id,label,x\na,r,1\nb,s,NaN\n"),
                        "graph/nodes.csv: 1 row"),
                BadInput.of(
                        "a node twice",
                        s -> graph(s, "graph/nodes.csv", "id,label,x\na,r,1\na,s,2\n"),
                        "graph/nodes.csv: line 3: a second node has the id a; give each one of its own"),
                BadInput.of(
                        "a graph without labels",
                        s -> graph(s, "graph/nodes.csv", "id,x\na,1\nb,2\n"),
                        "graph: no node has a label; there is nothing to learn"),
                BadInput.of(
                        "a target of other classes",
                        s -> graph(s, "target/nodes.csv", "id,label,x\na,tree,1\nb,s,2\n"),
                        "target/nodes.csv: line 2: the label \"tree\" is none of the known classes (r, s)"),
                BadInput.of(
                        "a target of other features",
                        s -> graph(s, "target/nodes.csv", "id,label,z\na,r,1\nb,s,2\n"),
                        "target/nodes.csv: has no column \"x\""),
                BadInput.of(
                        "edges weighed without a target (found by `--check` too)",
                        s -> checked(recipe(good(s), ", target: \"@/target\"", "")),
                        "reweigh_edges weighs edges of one graph as another links its classes, and there is no other: give"
                                + " data.target, or leave it out"),
                BadInput.of(
                        "edges weighed where there are none",
                        s -> s.recipe("train:\n", "reweigh_edges: {}\ntrain:\n"),
                        "reweigh_edges weighs the edges of a graph, and task: text_classification learns from texts; leave it"
                                + " out, or take task: node_classification"),
                BadInput.of(
                        "a share of the ratio beyond all of it",
                        s -> recipe(good(s), "start_epoch: 1", "lambda: 1.5"),
                        "reweigh_edges.lambda: 1.5 is not allowed; expected a number in [0, 1] (0 is plain, 1 the full ratio)"),
                BadInput.of(
                        "edges weighed after the run",
                        s -> recipe(good(s), "start_epoch: 1", "start_epoch: 2"),
                        "reweigh_edges.start_epoch: 2 is not allowed; expected below train.epochs, which is 2"),
                BadInput.of(
                        "an estimate every 0 epochs",
                        s -> recipe(good(s), "start_epoch: 1", "freq: 0"),
                        "reweigh_edges.freq: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "an alignment that there is not",
                        s -> recipe(good(s), "start_epoch: 1", "alignment: dan"),
                        "reweigh_edges.alignment: \"dan\" is unknown; did you mean \"dann\"?"),
                BadInput.of(
                        "labels to choose by where none are looked at",
                        s -> recipe(good(s), "start_epoch: 1", "start_epoch: 1, target_labels: valid"),
                        "reweigh_edges.target_labels: valid are those to choose by, and with data.choose_by: source there are"
                                + " none"),
                BadInput.of(
                        "a network of images for a graph",
                        s -> recipe(good(s), "{type: graphsage, hidden: [4]}", "mlp"),
                        "model.architecture: mlp sees no edges; take graphsage, gcn or gin for task: node_classification"),
                BadInput.of(
                        "a network of graphs for a table",
                        s -> s.recipeOf(RECIPE.replace("node_classification", "table_classification")
                                .replace(", target: \"@/target\"", "")
                                .replace("reweigh_edges: {start_epoch: 1}\n", "")),
                        "model.architecture: graphsage takes the nodes of graphs; take it for task: node_classification"),
                BadInput.of(
                        "sums over some neighbours (found by `--check` too)",
                        s -> checked(recipe(
                                good(s), "graphsage, hidden", "gin, hidden", "graph\"", "graph\", neighbours: [3]")),
                        "data.neighbours: the sums of gin over some neighbours say nothing of those over all; take graphsage"),
                BadInput.of(
                        "neighbours for other convolutions (found by `--check` too)",
                        s -> checked(recipe(good(s), "graph\"", "graph\", neighbours: [3, 3]")),
                        "data.neighbours: [3, 3] is not allowed; expected a number for each of the 1 convolutions"),
                BadInput.of(
                        "a text for a model of graphs",
                        s -> List.of("predict", s.graphModel("m").path("m").toString(), "--text", "the cat"),
                        "--text: this model reads graphs; give --input with a .safetensors file, or a directory"),
                BadInput.of(
                        "a graph of other features than the model sees",
                        s -> List.of(
                                "predict",
                                s.graphModel("m").path("m").toString(),
                                "--input",
                                good(s).path("graph").toString()),
                        "graph: a node has 1 features, and 2 are seen by the model; give the same"),
                BadInput.of(
                        "a model of graphs that does not say how it sees them",
                        s -> List.of(
                                "predict",
                                s.graphModel("m")
                                        .without("m/graph_config.json")
                                        .path("m")
                                        .toString(),
                                "--input",
                                good(s).path("graph").toString()),
                        "m: has no graph_config.json, which says how graphs become what the model sees"));
    }

    private static Sandbox good(Sandbox sandbox) {
        for (String name : List.of("graph", "target")) {
            var nodes = new StringBuilder("id,label,x\na,r,1\nb,s,2\n");
            for (int i = 0; i < 20; i++) {
                nodes.append("n")
                        .append(i)
                        .append(i % 2 == 0 ? ",r," : ",s,")
                        .append(i)
                        .append('\n');
            }
            sandbox.write(name + "/nodes.csv", nodes.toString());
            sandbox.write(name + "/edges.csv", "source,target\na,b\nb,a\n");
        }
        return sandbox;
    }

    private static List<String> recipe(Sandbox sandbox, String... changes) {
        sandbox.recipeOf(RECIPE);
        String[] placed = changes.clone();
        for (int i = 0; i < placed.length; i++) {
            placed[i] = placed[i].replace("@", sandbox.root().toString().replace('\\', '/'));
        }
        return sandbox.recipe(placed);
    }

    /** The words that run the recipe on graphs of which a file is another. */
    private static List<String> graph(Sandbox sandbox, String file, String text) {
        good(sandbox).write(file, text);
        return recipe(sandbox);
    }

    private static List<String> without(Sandbox sandbox, String file) {
        return recipe(good(sandbox).without(file));
    }

    private static List<String> checked(List<String> words) {
        return List.of(words.get(0), words.get(1), "--check");
    }
}
