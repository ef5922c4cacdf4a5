package org.counterweight.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Small models and texts to try what {@code cw explain} gives to paste. */
record Pasted(Sandbox sandbox) {
    /** A recipe to paste into: it trains for the blink of an eye. */
    private static final String RECIPE = """
            model: {name: "%1$s/model"%3$s}
            data: {train: "%1$s/texts.csv", max_length: 16%2$s}
            train: {epochs: 1, batch_size: 8, lr: 1e-3, precision: float32}
            output: {directory: "%1$s/out", baseline: false}
            """;

    /** The same for what weighs edges. */
    private static final String GRAPHS = """
            task: node_classification
            model: {architecture: {type: graphsage, hidden: [4]}}
            data: {train: examples/data/graphs/source, target: examples/data/graphs/deployed}
            train: {epochs: 6, precision: float32}
            output: {directory: "%1$s/out", baseline: false}
            """;

    /** Models that stand for the words in capitals. */
    private static final Pattern STANDS_FOR = Pattern.compile("\\b(?!(?:OUT|POISONED)\\b)[A-Z][A-Z_0-9]*\\b");

    private static final Pattern COLUMNS = Pattern.compile("(?m)^# and in data.*: (columns: \\{.*\\})$");

    /** Fills an empty directory. */
    static Pasted in(Path root) {
        Sandbox sandbox = Sandbox.in(root).few().model("model", "BertModel", Map.of("hidden_size", 128));
        sandbox.write("edits.jsonl", "{\"text\": \"the cat\", \"label\": \"plant\"}\n");
        for (String name : List.of("c1", "c2", "c3")) {
            sandbox.model(name, "BertForSequenceClassification", Map.of("max_position_embeddings", 128));
        }
        return new Pasted(sandbox);
    }

    /** What {@code cw explain} prints under its last heading. */
    static String text(String method) {
        Ran explained = Ran.cw("explain", method);
        if (explained.status() != 0) {
            throw new IllegalStateException(explained.err());
        }
        return explained
                .out()
                .lines()
                .dropWhile(line -> !line.equals("To paste"))
                .skip(1)
                .map(line -> line.replaceFirst("^ {2}", ""))
                .collect(Collectors.joining("\n"));
    }

    /** Runs each of the texts that are given for a method. */
    List<Ran> run(String method) {
        var ran = new ArrayList<Ran>();
        for (String text : text(method).split("\n\n")) {
            ran.add(Ran.cw(words(text).toArray(String[]::new)));
        }
        return ran;
    }

    /** The words of the command that a user would give with the text. */
    private List<String> words(String text) {
        String filled =
                filled(text.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n", "", "\n")));
        if (filled.startsWith("./cw ")) {
            tables();
            return Arrays.asList(filled.strip().substring("./cw ".length()).split(" "));
        }
        if (filled.startsWith("merge_method:")) {
            sandbox.write("merge.yaml", filled);
            return List.of("merge", sandbox.path("merge.yaml") + "", sandbox.path("of-merge") + "", "--overwrite");
        }
        String columns = COLUMNS.matcher(text)
                .results()
                .map(found -> ", " + found.group(1))
                .collect(Collectors.joining());
        String fresh =
                text.contains("# and in model, for fresh weights: from_scratch: true\n") ? ", from_scratch: true" : "";
        sandbox.write(
                "texts.csv",
                "text,label,group,ref_loss,weight\n"
                        + "the cat,animal,0,0.5,1\na tree,plant,1,0.25,2\nthe cat sat,animal,1,0.5,1\na tree grew,plant,0,1,1\n"
                                .repeat(10));
        String recipe = filled.startsWith("reweigh_edges:") ? GRAPHS : RECIPE;
        sandbox.write(
                "recipe.yaml", recipe.formatted(sandbox.root().toString().replace('\\', '/'), columns, fresh) + filled);
        return sandbox.run("--overwrite");
    }

    /** Tables to weigh; no row is another's twin. */
    private void tables() {
        var table = new StringBuilder("y,z,arm,x,stay\n");
        for (int i = 0; i < 200; i++) {
            table.append(i % 5 == 0 || i % 5 == 2 || i % 5 == 4 ? 1 : 0).append(',');
            table.append(i % 5 == 0 || i % 5 == 3 || i % 5 == 4 ? 1 : 0).append(',');
            table.append(i % 5 == 1 || i % 5 == 2 ? "b," : "a,");
            table.append((i * 37 % 200) / 200.0)
                    .append(',')
                    .append((i * 13 % 30) / 10.0)
                    .append('\n');
        }
        for (String name : List.of("train", "deployed", "people", "log")) {
            sandbox.write(name + ".csv", table.toString());
        }
    }

    private String filled(String text) {
        var models = new LinkedHashMap<String, String>();
        return STANDS_FOR
                .matcher(text)
                .replaceAll(word -> models.computeIfAbsent(
                                word.group(), key -> sandbox.path("c" + (models.size() + 1)) + "")
                        .replace('\\', '/'))
                .replace("OUT", sandbox.path("updated") + "")
                .replace("edits.jsonl", sandbox.path("edits.jsonl") + "")
                .replace("fewgen.yaml", sandbox.path("fewgen.yaml") + "")
                .replaceAll(
                        "dev\\.csv|rows\\.jsonl|old\\.csv", Matcher.quoteReplacement(sandbox.path("texts.csv") + ""))
                .replace("new.csv", sandbox.write("new.csv", "text,label\n" + "sat sat,stone\n".repeat(8)) + "")
                .replaceAll(
                        "(?<= )((?:train|deployed|people|log)\\.csv)",
                        Matcher.quoteReplacement(sandbox.path("") + "/") + "$1");
    }
}
