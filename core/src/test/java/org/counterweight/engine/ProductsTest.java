package org.counterweight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.pytorch.global.torch.eye;
import static org.bytedeco.pytorch.global.torch.linalg_cholesky;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.ones;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products and Cholesky's factors of both libraries, in processes of their own, in whatever order things are loaded. */
class ProductsTest {
    private static final int WIDTH = 700;

    /** Does what the words say, one after the other, and prints what came of it. */
    public static void main(String[] words) {
        for (String word : words) {
            switch (word.replaceAll("\\d+", "")) {
                case "threads" -> Engine.setThreads(Integer.parseInt(word.replaceAll("\\D+", "")));
                case "product" -> {
                    try (var scope = Scope.open()) {
                        System.out.println("product "
                                + matmul(ones(WIDTH, WIDTH), ones(WIDTH, WIDTH))
                                        .min()
                                        .item_float());
                    }
                }
                case "factor" -> {
                    try (var scope = Scope.open()) {
                        System.out.println(
                                "factor " + linalg_cholesky(eye(WIDTH)).sum().item_float());
                    }
                }
                case "start" -> Engine.start();
                case "others" -> { // as another user of JavaCPP in the same process may do
                    Loader.load(org.bytedeco.openblas.global.openblas.class);
                    openblas_nolapack.blas_set_num_threads(2);
                }
                case "busy", "alone" ->
                    System.out.println(
                            word + " " + ProductSpeed.measure(WIDTH, 10).threads());
                case "library" -> System.out.println("library " + Engine.productsLibrary());
                default -> throw new IllegalArgumentException(word);
            }
        }
    }

    private static boolean hasMkl() {
        String library = "/org/bytedeco/mkl/" + Loader.getPlatform() + "/libmkl_rt.so.2";
        return ProductsTest.class.getResource(library) != null;
    }

    private static List<String> run(String library, String words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx200m",
                "-cp",
                System.getProperty("java.class.path")));
        if (!library.isEmpty()) {
            command.add("-D" + ProductsLibrary.PROPERTY + "=" + library);
        }
        command.add(ProductsTest.class.getName());
        command.addAll(List.of(words.split(" ")));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("OMP_NUM_THREADS"); // of the tests
        Process process = builder.start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(printed).isZero();
            return printed.lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }

    /** What is right for the processor, and each library by force where it is there. */
    @ParameterizedTest
    @CsvSource({
        "'',       threads2 product factor busy",
        "mkl_rt,   threads2 factor product busy",
        "mkl_rt,   start others factor threads2 product busy",
        "mkl_rt,   product threads2 factor busy",
        "openblas, threads2 factor product busy",
        "openblas, start others product threads2 factor busy",
    })
    void theOrderOfLoadingDoesNotMatter(String library, String words) throws Exception {
        String wanted = library.equals("mkl_rt") && !hasMkl() ? "" : library;
        List<String> printed = run(wanted, words + " threads1 alone library");
        assertThat(printed).contains("product " + (float) WIDTH, "factor " + (float) WIDTH, "busy 2", "alone 1");
        if (!wanted.isEmpty()) {
            assertThat(printed)
                    .last()
                    .asString()
                    .startsWith("library " + (wanted.equals("mkl_rt") ? "MKL" : "OpenBLAS"));
        }
    }
}
