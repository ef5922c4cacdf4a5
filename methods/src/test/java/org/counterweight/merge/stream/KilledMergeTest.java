package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process is killed while it writes the merged model, without a chance to tidy up. */
class KilledMergeTest {
    private static final int BLOCKS = 20; // 2 tensors of 20,000 elements, 2,048 at a time

    @TempDir
    Path root;

    /** The process that is killed: it says that the wanted block is done, and waits for the end. */
    public static void main(String[] arguments) {
        int last = Integer.parseInt(arguments[1]);
        var blocks = new AtomicInteger();
        merge(Path.of(arguments[0]), "{t: 0.3}", state -> {
            if (blocks.incrementAndGet() == last) {
                System.out.println("killed here");
                try {
                    System.in.read(); // nothing ever comes
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    private static void merge(Path root, String parameters, MergeProgress progress) {
        MergeOptions options =
                Configs.bind(Configs.tree(MergeOptions.defaults()).put("num_threads", 1), MergeOptions.class, "");
        String recipe =
                "{merge_method: slerp, base_model: a.safetensors, models: [{model: b.safetensors}], parameters: "
                        + parameters + "}";
        try (MergePlan plan = MergePlan.of(MergeRecipe.parse(recipe, root, "test"), options)) {
            StreamingMerge.run(plan, root.resolve("out"), progress);
        }
    }

    @ParameterizedTest(name = "after block {0}")
    @ValueSource(ints = {1, 5, 10, 14, BLOCKS})
    void leavesWhatWasThereAndIsDoneAgain(int block) throws IOException, InterruptedException {
        try (var scope = Scope.open()) {
            for (int k = 0; k < 2; k++) {
                double[] values = new double[20_000];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Math.sin(i * (k + 1.0));
                }
                Tensor tensor = Tensors.doubles(values, 200, 100);
                WeightsWriter.write(
                        root.resolve(k == 0 ? "a.safetensors" : "b.safetensors"),
                        Map.of("w", tensor, "v", tensor.neg()),
                        Map.of());
            }
        }
        merge(root, "{t: 0.3}", MergeProgress.SILENT);
        Map<String, String> wanted = files("out");
        merge(root, "{t: 0.9}", MergeProgress.SILENT);
        Map<String, String> before = files("out");
        assertThat(before).isNotEqualTo(wanted);

        kill(block);

        assertThat(files("out")).as("the older result, whole").isEqualTo(before);
        merge(root, "{t: 0.3}", MergeProgress.SILENT);
        assertThat(files("out")).as("what an unbroken merge writes").isEqualTo(wanted);
        try (Stream<Path> left = Files.list(root)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("a.safetensors", "b.safetensors", "out");
        }
    }

    private Map<String, String> files(String directory) throws IOException {
        var contents = new TreeMap<String, String>();
        try (Stream<Path> files = Files.list(root.resolve(directory))) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private void kill(int block) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledMergeTest.class.getName(),
                root.toString(),
                String.valueOf(block)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("killed here");
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }
}
