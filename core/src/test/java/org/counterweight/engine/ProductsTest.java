package org.counterweight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.pytorch.global.torch.eye;
import static org.bytedeco.pytorch.global.torch.linalg_cholesky;
import static org.bytedeco.pytorch.global.torch.linalg_solve;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.ones;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.api.Test;
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
                case "solve" -> {
                    try (var scope = Scope.open()) {
                        System.out.println("solve "
                                + linalg_solve(eye(WIDTH), ones(WIDTH, 1), true)
                                        .sum()
                                        .item_float());
                    }
                }
                case "deterministic" -> Engine.beDeterministic();
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

    /** The library, or what is right for the processor where MKL is not to be had. */
    private static String there(String library) {
        return library.equals("mkl_rt") && !hasMkl() ? "" : library;
    }

    private record Ended(int status, String printed) {}

    private static Ended run(String library, String words, String... options) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx200m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        if (!library.isEmpty()) {
            command.add("-D" + ProductsLibrary.PROPERTY + "=" + library);
        }
        command.add(ProductsTest.class.getName());
        command.addAll(List.of(words.split(" ")));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("OMP_NUM_THREADS"); // of the tests
        builder.environment().put("MKL_VERBOSE", "1"); // MKL tells of each product
        Process process = builder.start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return new Ended(process.exitValue(), printed);
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
        String wanted = there(library);
        Ended ended = run(wanted, words + " threads1 alone library");
        assertThat(ended.status()).as(ended.printed()).isZero();
        assertThat(ended.printed().lines())
                .contains("product " + (float) WIDTH, "factor " + (float) WIDTH, "busy 2", "alone 1");
        if (!wanted.isEmpty()) {
            assertThat(ended.printed()).contains("library " + (wanted.equals("mkl_rt") ? "MKL" : "OpenBLAS"));
        }
    }

    /** OpenBLAS' factors of a matrix that is not symmetric take more of the stack than Java gives by itself. */
    @Test
    void theLaunchersStackIsDeepEnoughToSolve() throws Exception {
        String stack = Pattern.compile("-Xss\\d+m")
                .matcher(Files.readString(Path.of("..", "cw")))
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElse("-Xss1m");
        Ended ended = run("openblas", "threads2 solve", stack);
        assertThat(ended.status()).as(ended.printed()).isZero();
        assertThat(ended.printed().lines()).contains("solve " + (float) WIDTH);
    }

    /** MKL must be asked before it begins to work. */
    @Test
    void mklIsDeterministicOnRequest() throws Exception {
        Ended ended = run(there("mkl_rt"), "deterministic threads2 product");
        assertThat(ended.status()).as(ended.printed()).isZero();
        if (hasMkl()) {
            assertThat(ended.printed()).contains("CNR:AUTO Dyn:0").doesNotContain("CNR:OFF");
        }
    }

    @Test
    void mklThatHasBegunCannotBecomeDeterministic() throws Exception {
        Ended ended = run(there("mkl_rt"), "product deterministic");
        if (hasMkl()) {
            assertThat(ended.status()).isOne();
            assertThat(ended.printed()).contains("call Engine.beDeterministic() before anything else");
        } else {
            assertThat(ended.status()).as(ended.printed()).isZero();
        }
    }
}
