package org.counterweight.cli.about;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.counterweight.datasets.Cache;
import org.counterweight.engine.Engine;
import org.counterweight.engine.EngineException;
import org.counterweight.engine.ProductSpeed;
import org.counterweight.report.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at this machine as the toolkit sees it, and says what to do about what is missing or slow. */
@Command(
        name = "doctor",
        description =
                "Checks this machine: Java, LibTorch, matrix products, threads, bfloat16, CUDA, memory, cache, package"
                        + " clients.",
        footerHeading = "%nExample:%n",
        footer = "  cw doctor")
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private static final int PRODUCT_WIDTH = 1024;
    private static final int PRODUCTS = 10;

    private boolean broken;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        line(out, "Counterweight", Version.own());
        line(out, "Java", Runtime.version() + " (" + System.getProperty("java.vendor") + "), " + os());
        boolean engine = engine(out);
        line(out, "Processor", processor());
        if (engine) {
            line(
                    out,
                    "Threads",
                    Engine.threads() + " of " + Runtime.getRuntime().availableProcessors() + " processors");
            line(out, "Linear algebra", linearAlgebra());
            line(
                    out,
                    "CUDA",
                    Engine.hasCuda()
                            ? "available"
                            : "none; the work runs on the processor. To use one, " + Engine.cudaRemedy());
        }
        line(out, "Memory", memory());
        line(out, "Cache", cache());
        line(out, "Package clients", clients());
        return broken ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private static void line(PrintWriter out, String label, String text) {
        out.println(Text.hanging(String.format(Locale.ROOT, "%-17s", label), text));
    }

    private static String os() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    private boolean engine(PrintWriter out) {
        long start = System.nanoTime();
        try {
            Engine.start();
        } catch (EngineException e) {
            broken = true;
            line(out, "LibTorch", "broken: " + e.getMessage());
            return false;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        line(
                out,
                "LibTorch",
                Version.libTorch() + " for " + Loader.getPlatform() + ", loaded in " + Text.duration(seconds));
        return true;
    }

    /** The vector and matrix units that matter for training, as the kernel names them. */
    private static String processor() {
        String info = firstOrEmpty(Path.of("/proc/cpuinfo"));
        if (info.isEmpty()) {
            return System.getProperty("os.arch");
        }
        var units = new ArrayList<String>();
        for (String unit : List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16", "bf16", "sve")) {
            if (info.matches("(?s).*\\b" + unit + "\\b.*")) {
                units.add(unit);
            }
        }
        boolean fast = units.contains("amx_bf16") || units.contains("avx512_bf16");
        return String.join(" ", units)
                + (fast ? "; bfloat16 products are fast here" : "; no bfloat16 units, so train in float32");
    }

    /** What a run's products are worth, and whether as many threads take them as it asks for. */
    private static String linearAlgebra() {
        ProductSpeed speed = ProductSpeed.measure(PRODUCT_WIDTH, PRODUCTS);
        int asked = Engine.threads();
        int worked = speed.threads();
        return String.format(
                        Locale.ROOT,
                        "%s: a product of %,d x %<,d numbers in %.1f ms, %.0f GFLOP/s, ",
                        Engine.productsLibrary(),
                        PRODUCT_WIDTH,
                        speed.milliseconds(),
                        speed.gigaflops())
                + (worked == 0 || worked == asked
                        ? threads(asked)
                        : threads(worked) + " of " + asked + " at work: is the machine busy?");
    }

    private static String threads(int count) {
        return count + (count == 1 ? " thread" : " threads");
    }

    private static String memory() {
        String total = "unknown";
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            total = Text.bytes(system.getTotalMemorySize()) + ", " + Text.bytes(system.getFreeMemorySize()) + " unused";
        }
        boolean collected = !Boolean.getBoolean("org.bytedeco.javacpp.nopointergc");
        return total + "; Java heap up to " + Text.bytes(Runtime.getRuntime().maxMemory()) + "; LibTorch holds "
                + Text.bytes(Pointer.physicalBytes())
                + (collected ? "; small operations are slower without -Dorg.bytedeco.javacpp.nopointergc=true" : "");
    }

    private String cache() {
        Path cache = Cache.ofUser().root();
        if (!Files.isDirectory(cache)) {
            return cache + " (made when something is fetched)";
        }
        if (!Files.isWritable(cache)) {
            broken = true;
            return cache + ": may not be written; set CW_CACHE to a directory of yours";
        }
        try (Stream<Path> files = Files.walk(cache)) {
            return cache + ", "
                    + Text.bytes(files.filter(Files::isRegularFile)
                            .mapToLong(DoctorCommand::size)
                            .sum());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0; // removed while we looked
        }
    }

    private static String clients() {
        var found = new ArrayList<String>();
        var missing = new ArrayList<String>();
        for (String client : List.of("mvn", "npm", "apt-get", "dpkg-deb")) {
            (onPath(client) == null ? missing : found).add(client);
        }
        return (found.isEmpty() ? "none" : String.join(", ", found))
                + (missing.isEmpty()
                        ? ""
                        : "; without " + String.join(", ", missing) + " some data sets cannot be fetched");
    }

    private static @Nullable Path onPath(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator)) {
            Path candidate = Path.of(directory, program);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static String firstOrEmpty(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // not Linux
        }
    }
}
