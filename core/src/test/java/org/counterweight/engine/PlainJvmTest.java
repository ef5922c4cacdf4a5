package org.counterweight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** What a program gets that starts Java without any flag, in a process of its own: JavaCPP reads its settings once. */
class PlainJvmTest {
    /** Prints what JavaCPP and LibTorch were left with. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            try (var scope = Scope.open()) {
                Tensors.zeros(2, 2);
                System.out.println("limits " + Pointer.maxBytes() + " " + Pointer.maxPhysicalBytes());
                System.out.println("threads " + Engine.threads() + " of "
                        + Runtime.getRuntime().availableProcessors());
            }
        }
    }

    private static String run(List<String> flags) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
        var builder = new ProcessBuilder(command).redirectError(Redirect.DISCARD);
        builder.environment().remove("OMP_NUM_THREADS");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    @Test
    void theHeapsSizeLimitsNoTensorsAndEveryProcessorWorks() throws IOException, InterruptedException {
        int processors = Runtime.getRuntime().availableProcessors();
        assertThat(run(List.of("-Xmx64m"))).contains("limits 0 0").contains("threads ", " of " + processors);
    }

    @Test
    void whatTheUserSetStays() throws IOException, InterruptedException {
        assertThat(run(List.of("-Dorg.bytedeco.javacpp.maxBytes=7g", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=9g")))
                .contains("limits " + (7L << 30) + " " + (9L << 30));
    }
}
