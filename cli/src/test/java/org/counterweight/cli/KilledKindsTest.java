package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs on texts, pictures, tables and graphs are killed in mid-training; {@code --resume} leaves what an unbroken run does, file by file:
 * weights to the bit, figures, predictions, and the page.
 */
class KilledKindsTest {
    private static final String TRAIN =
            ", max_steps: 24, lr: 1e-2, precision: float32, eval_every: 7, checkpoint_every: 5}";

    /** What the clock alone decides, in files of lines and on the page. */
    private static final Pattern CLOCK = Pattern.compile("\"(rows_per_)?seconds?\" ?: ?[^,}\\n]+"
            + "|[\\d,]+ rows a second|\\b\\d+(\\.\\d+)? s\\b|\\b\\d+ min \\d\\d s\\b");

    @TempDir
    private Path root;

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "image_classification | {architecture: {type: resnet, width: 4, depths: [1, 1]}}"
                        + "| {train: \"ROOT/pictures\", size: 8, augment: [flip, {kind: crop, padding: 1}]}"
                        + "| {batch_size: 8, sampler: class_balanced, average: ema | device: cpu",
                "image_classification | {architecture: {type: convnet, width: 4, depth: 1, norm: none}}"
                        + "| {train: \"ROOT/pictures\", size: 8} | {batch_size: 8"
                        + "| reparametrize: {method: weight_norm, mean_only_bn: true, data_init: {}}",
                "image_classification | {architecture: {type: mlp, hidden: [8], dropout: 0.2}}"
                        + "| {train: \"ROOT/pictures\", size: 8} | {batch_size: 8 | balance: {second: {epochs: 2}}",
                "table_classification | {architecture: {type: mlp, hidden: [8], dropout: 0.2}}"
                        + "| {train: examples/weigh/people.csv, label: hired, features: [age, hours, sector],"
                        + " columns: {group: group}} | {batch_size: 20 | weigh: {method: group_dro, groups: 2}",
                "table_classification | {architecture: {type: mlp, hidden: [8]}}"
                        + "| {train: examples/weigh/people.csv, label: hired, features: [age, hours, sector],"
                        + " columns: {group: group}} | {batch_size: 20 | fairbatch: {target_fairness: dp, alpha: 0.02, positive: \"yes\"}",
                "regression | {architecture: {type: mlp, hidden: [8], dropout: 0.2}}"
                        + "| {train: examples/data/houses.csv, label: price, features: [rooms, area, year, town, garden], columns: {id: id}} | {batch_size: 8, best_by: rmse, average: ema | device: cpu",
                "node_classification | {architecture: {type: graphsage, hidden: [8, 4], norm: batch}}"
                        + "| {train: examples/data/graphs/source, target: examples/data/graphs/deployed, symmetrize: sum}"
                        + "| {epochs: 24, weight_decay: 0.0 | reweigh_edges: {lambda: 1.0, start_epoch: 4, freq: 6, alignment: dann}",
                "node_classification | {architecture: {type: graphsage, hidden: [8, 4], dropout: 0.2}}"
                        + "| {train: examples/data/graphs/source, neighbours: [3, 3]} | {batch_size: 30 | device: cpu",
                "token_classification | {name: \"ROOT/model\"} | {train: \"ROOT/words.conll\", max_length: 12}"
                        + "| {batch_size: 8, best_by: entity_f1 | adapter: {method: lora, r: 2, dropout: 0.1, targets: [query, value]}",
                "text_classification | {name: \"ROOT/model\"}"
                        + "| {train: \"ROOT/pairs.csv\", text: [premise, hypothesis], max_length: 12} | {batch_size: 8 | device: cpu",
                "regression | {name: \"ROOT/model\"}"
                        + "| {kind: texts, train: \"ROOT/pairs.csv\", text: premise, pair: hypothesis, label: score, max_length: 12}"
                        + "| {batch_size: 8 | adapter: {method: dora, r: 2, targets: [query]}",
                "text_to_text | {name: \"ROOT/t5\"} | {train: \"ROOT/pairs.csv\", text: premise, label: hypothesis, max_length: 8}"
                        + "| {batch_size: 8 | adapter: {method: lora, r: 2, dropout: 0.1, targets: [q, v, wo]}"
            })
    void aKilledRunLeavesWhatAnUnbrokenOneDoes(String task, String model, String data, String train, String more)
            throws IOException, InterruptedException {
        String recipe = "task: " + task + "\nthreads: 1\nmodel: " + model + "\ndata: " + data + "\ntrain: " + train
                + TRAIN + "\n" + more + "\n";
        Sandbox sandbox = files();
        sandbox.write("recipe.yaml", recipe.replace("ROOT", root.toString().replace('\\', '/')));
        int threads = Engine.threads();
        try {
            succeeds(words("whole"));
            KilledRunTest.kill(words("broken"));
            assertThat(root.resolve("broken/checkpoint.safetensors")).exists();
            assertThat(root.resolve("broken/result.json")).doesNotExist();
            assertThat(succeeds(words("broken", "--resume")).err()).contains("resumed after step 10");
        } finally {
            Engine.setThreads(threads);
        }
        Map<String, String> whole = left("whole");
        assertThat(whole).containsKeys("report.html", "result.json", "metrics.jsonl", "merged/config.json");
        assertThat(whole.containsKey("predictions.jsonl")).isEqualTo(!task.equals("text_to_text"));
        assertThat(left("broken")).isEqualTo(whole);
        for (String name : whole.keySet()) {
            if (name.endsWith(".safetensors")) {
                sameTensors(name);
            }
        }
    }

    /** What the rows come from, and models of texts, which drop some of what they see. */
    private Sandbox files() {
        Sandbox sandbox = Sandbox.in(root);
        Pictures.folders(sandbox, "pictures", 30);
        sandbox.spoil("model/config.json", "\"hidden_dropout_prob\":0.0", "\"hidden_dropout_prob\":0.2");
        sandbox.write(
                "words.conll", "the O\ncat B-ANIMAL\nsat O\n\na O\ntree B-PLANT\ntree I-PLANT\ngrew O\n\n".repeat(20));
        sandbox.write(
                "pairs.csv",
                "premise,hypothesis,label,score\n"
                        + "the cat,a tree,first,1.5\na tree,the cat sat,second,-0.5\n".repeat(20));
        TextToTextRunsTest.model(sandbox, "t5", true, "relu");
        return sandbox.spoil("t5/config.json", "\"dropout_rate\":0.0", "\"dropout_rate\":0.2");
    }

    private void sameTensors(String name) {
        try (var scope = Scope.open();
                var whole = SafetensorsFile.open(root.resolve("whole").resolve(name));
                var broken = SafetensorsFile.open(root.resolve("broken").resolve(name))) {
            Map<String, Tensor> expected = whole.all();
            assertThat(broken.all()).containsOnlyKeys(expected.keySet());
            expected.forEach((tensor, value) ->
                    assertTensor(broken.tensor(tensor)).as(name + " " + tensor).isEqualTo(value));
        }
    }

    private List<String> words(String output, String... more) {
        var words = new ArrayList<>(List.of("run", root.resolve("recipe.yaml").toString(), "--output"));
        words.add(root.resolve(output).toString());
        words.addAll(List.of(more));
        return words;
    }

    private static Ran succeeds(List<String> words) {
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    /** The text of each file of a run, without what depends on clock and place; of weights only that they are there. */
    private Map<String, String> left(String output) throws IOException {
        Path directory = root.resolve(output);
        var left = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(file).toString().replace('\\', '/');
                left.put(name, name.endsWith(".safetensors") ? "" : text(file, output));
            }
        }
        return left;
    }

    private String text(Path file, String output) throws IOException {
        return CLOCK.matcher(Files.readString(file).replace(root.resolve(output).toString(), "OUT"))
                .replaceAll("");
    }
}
