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
 * Runs on pictures, tables and graphs are killed in mid-training; {@code --resume} leaves what an unbroken run does, file by file:
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
                "image_classification | {type: resnet, width: 4, depths: [1, 1]}"
                        + "| {train: \"ROOT/pictures\", size: 8, augment: [flip, {kind: crop, padding: 1}]}"
                        + "| {batch_size: 8, sampler: class_balanced, average: ema | device: cpu",
                "image_classification | {type: convnet, width: 4, depth: 1, norm: none}"
                        + "| {train: \"ROOT/pictures\", size: 8} | {batch_size: 8"
                        + "| reparametrize: {method: weight_norm, mean_only_bn: true, data_init: {}}",
                "image_classification | {type: mlp, hidden: [8], dropout: 0.2}"
                        + "| {train: \"ROOT/pictures\", size: 8} | {batch_size: 8 | balance: {second: {epochs: 2}}",
                "table_classification | {type: mlp, hidden: [8], dropout: 0.2}"
                        + "| {train: examples/weigh/people.csv, label: hired, features: [age, hours, sector],"
                        + " columns: {group: group}} | {batch_size: 20 | weigh: {method: group_dro, groups: 2}",
                "table_classification | {type: mlp, hidden: [8]}"
                        + "| {train: examples/weigh/people.csv, label: hired, features: [age, hours, sector],"
                        + " columns: {group: group}} | {batch_size: 20 | fairbatch: {target_fairness: dp, alpha: 0.02, positive: \"yes\"}",
                "regression | {type: mlp, hidden: [8], dropout: 0.2}"
                        + "| {train: examples/data/houses.csv, label: price, features: [rooms, area, year, town, garden], columns: {id: id}} | {batch_size: 8, best_by: rmse, average: ema | device: cpu",
                "node_classification | {type: graphsage, hidden: [8, 4], norm: batch}"
                        + "| {train: examples/data/graphs/source, target: examples/data/graphs/deployed, symmetrize: sum}"
                        + "| {epochs: 24, weight_decay: 0.0 | reweigh_edges: {lambda: 1.0, start_epoch: 4, freq: 6, alignment: dann}",
                "node_classification | {type: graphsage, hidden: [8, 4], dropout: 0.2}"
                        + "| {train: examples/data/graphs/source, neighbours: [3, 3]} | {batch_size: 30 | device: cpu"
            })
    void aKilledRunLeavesWhatAnUnbrokenOneDoes(String task, String architecture, String data, String train, String more)
            throws IOException, InterruptedException {
        String recipe = "task: " + task + "\nthreads: 1\nmodel: {architecture: " + architecture + "}\ndata: " + data
                + "\ntrain: " + train + TRAIN + "\n" + more + "\n";
        var sandbox = new Sandbox(root);
        Pictures.folders(sandbox, "pictures", 30);
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
        assertThat(left("broken")).isEqualTo(whole);
        for (String name : whole.keySet()) {
            if (name.endsWith(".safetensors")) {
                sameTensors(name);
            }
        }
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
