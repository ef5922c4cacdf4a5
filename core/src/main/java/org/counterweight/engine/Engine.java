package org.counterweight.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.ProductsLibrary.Kind;

/**
 * LibTorch in this process: loaded once, with a chosen number of threads, on a chosen device.
 *
 * <p>A program needs no flag of the JVM for it, if it opens a {@link Scope} before it makes its first tensor: JavaCPP
 * reads its settings once, when its first class is loaded.
 *
 * <p>Thread-safe. Nothing here draws random numbers: see {@link Seed}.
 */
public final class Engine {
    private static final String WORKSPACE = "CUBLAS_WORKSPACE_CONFIG";

    /** JavaCPP's property for the directory that natives are unpacked into. */
    private static final String CACHE = "org.bytedeco.javacpp.cachedir";

    private static final String REPRODUCIBLE = "MKL_CBWR";

    /**
     * What JavaCPP's first class reads, once. Memory is freed by scopes, so it needs no list of everything for the collector;
     * and its limits are multiples of the Java heap's, which says nothing about tensors: they would end a process that has read a
     * model of four times -Xmx. Of those in two spellings, JavaCPP takes either.
     */
    private static final Map<List<String>, String> POINTERS = Map.of(
            List.of("org.bytedeco.javacpp.nopointergc", "org.bytedeco.javacpp.noPointerGC"), "true",
            List.of("org.bytedeco.javacpp.maxbytes", "org.bytedeco.javacpp.maxBytes"), "0",
            List.of("org.bytedeco.javacpp.maxphysicalbytes", "org.bytedeco.javacpp.maxPhysicalBytes"), "0");

    private static volatile boolean started;

    private static boolean deterministic;
    private static ProductsLibrary products = new ProductsLibrary(Kind.OTHER, Map.of());

    private Engine() {}

    /**
     * Loads LibTorch, once, with as many threads as there are cores, or as {@code OMP_NUM_THREADS} says.
     *
     * <p>Products are taken by MKL or OpenBLAS, whichever is right for the processor; the system property
     * {@code org.bytedeco.openblas.load} names the other ({@code mkl_rt}, {@code openblas}).
     *
     * @throws EngineException if its native library for this platform is not on the class path or does not load
     */
    public static void start() {
        if (!started) { // asked at every scope
            load();
        }
    }

    /** Whether LibTorch has been loaded. */
    public static boolean hasStarted() {
        return started;
    }

    private static synchronized void load() {
        if (started) {
            return;
        }
        preparePointers();
        try {
            ProductsLibrary chosen = ProductsLibrary.of(
                    Loader.getPlatform(), cpuInfo(), hasMkl(), System.getProperty(ProductsLibrary.PROPERTY, ""));
            prepare(chosen);
            Loader.load(torch.class);
            products = chosen;
            settle();
            if (System.getenv("OMP_NUM_THREADS") == null) { // LibTorch alone finds one core on some virtual machines
                int processors = Runtime.getRuntime().availableProcessors(); // fewer than cores in a container
                share(Math.max(1, Math.min(Loader.totalCores(), processors)));
            } else {
                OpenBlasThreads.settle(torch.get_num_threads());
            }
        } catch (LinkageError e) { // UnsatisfiedLinkError, or NoClassDefFoundError at the second try
            String platform = Loader.getPlatform();
            throw new EngineException(
                    "LibTorch for " + platform + " could not be loaded (" + e.getMessage()
                            + "); add org.bytedeco:pytorch, openblas and javacpp with the classifier " + platform
                            + " to the class path (Maven does so by itself on Linux x86-64 and arm64, macOS arm64 and"
                            + " Windows x86-64)",
                    e);
        }
        started = true;
    }

    /** What must stand before JavaCPP's first class is loaded; what the user set stays. */
    private static void preparePointers() {
        POINTERS.forEach((spellings, value) -> {
            if (spellings.stream().allMatch(name -> System.getProperty(name) == null)) {
                System.setProperty(spellings.get(0), value);
            }
        });
    }

    /** What must stand before a native library is loaded. */
    private static void prepare(ProductsLibrary chosen) {
        switch (chosen.kind()) {
            case MKL -> {
                System.setProperty(ProductsLibrary.PROPERTY, "mkl_rt");
                if (System.getProperty(CACHE)
                        == null) { // JavaCPP links either library to LibTorch's directory: one for each
                    System.setProperty(
                            CACHE,
                            Path.of(System.getProperty("user.home"), ".javacpp", "cache-mkl")
                                    .toString());
                }
            }
            case OPENBLAS -> System.clearProperty(ProductsLibrary.PROPERTY);
            case OTHER -> {}
        }
        Map<String, String> environment = new HashMap<>(chosen.environment());
        if (deterministic && chosen.kind() == Kind.MKL) {
            environment.put(REPRODUCIBLE, "AUTO"); // its fastest kernels, with the work shared out beforehand
        }
        Environment.add(environment);
    }

    /**
     * Lets MKL settle on LibTorch's threads, by a first small product.
     *
     * <p>Its core asks which of its threading libraries are loaded, once, and takes Intel's before GNU's even where it works
     * with GNU's. JavaCPP tries to load Intel's with each class of its own, and succeeds from MKL's first call on: a class
     * between that call and the question, and the process ends at the next product with {@code undefined symbol:
     * __kmpc_global_thread_num}. A product is both in one.
     */
    private static void settle() {
        if (products.kind() != Kind.OPENBLAS) {
            try (var pointers = new PointerScope()) { // a Scope would start the engine
                torch.matmul(torch.ones(2, 2), torch.ones(2, 2));
            }
        }
    }

    private static String cpuInfo() {
        Path file = Path.of("/proc/cpuinfo");
        try {
            return Files.isReadable(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** What the processor calls itself, and how many cores there are. */
    public static String processor() {
        String name = cpuInfo()
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        return name + ", " + Runtime.getRuntime().availableProcessors() + " cores";
    }

    private static boolean hasMkl() {
        return torch.class.getResource("/org/bytedeco/mkl/" + Loader.getPlatform() + "/libmkl_rt.so.2") != null;
    }

    /**
     * Sets how many threads one operation may use.
     *
     * @param count at least 1
     */
    public static void setThreads(int count) {
        if (count < 1) {
            throw new EngineException("threads: " + count + " is not allowed; expected an integer of at least 1");
        }
        start();
        share(count);
    }

    private static void share(int count) {
        torch.set_num_threads(count);
        openblas_nolapack.blas_set_num_threads(count); // OpenBLAS has threads of its own, MKL a number of its own
        OpenBlasThreads.settle(count);
    }

    /**
     * Has every operation give the same bits in every run with the same number of threads on the same machine. MKL promises
     * that only when asked to (its conditional numerical reproducibility, which shares work out beforehand and adds parts up
     * in a fixed order); OpenBLAS always shares out so. Operations of LibTorch that have no such order are refused.
     *
     * @throws EngineException if MKL has begun already, which cannot be changed any more
     */
    public static synchronized void beDeterministic() {
        if (started && products.kind() == Kind.MKL && !deterministic && System.getenv(REPRODUCIBLE) == null) {
            throw new EngineException("deterministic: MKL has begun to work already and cannot change any more; call"
                    + " Engine.beDeterministic() before anything else, or set " + REPRODUCIBLE
                    + "=AUTO in the environment");
        }
        deterministic = true;
        start();
        torch.globalContext().setDeterministicMkldnn(true);
        refuseWhatHasNoOrder();
    }

    private static void refuseWhatHasNoOrder() {
        torch.globalContext().setDeterministicAlgorithms(true, false);
        torch.globalContext().setDeterministicFillUninitializedMemory(false); // nothing here reads such memory
    }

    /** How many threads one operation may use. */
    public static int threads() {
        start();
        return torch.get_num_threads();
    }

    /** The library that takes products of float32 matrices, as people call it. */
    public static String productsLibrary() {
        start();
        return products.title();
    }

    /** The same, as a choice. */
    static Kind multipliesBy() {
        start();
        return products.kind();
    }

    /** LibTorch's version and that of its Java face, such as {@code 2.10.0-1.5.13}; does not load it. */
    public static String version() {
        String version = torch.class.getPackage().getImplementationVersion(); // from the jar's manifest
        return version == null ? "unknown" : version;
    }

    /** What to do for a CUDA device to be seen. */
    public static String cudaRemedy() {
        String built = "/org/bytedeco/pytorch/" + Loader.getPlatform() + "-gpu/libtorch_cuda.so";
        return torch.class.getResource(built) == null
                ? "build for NVIDIA devices with CW_CUDA=1 (Maven: -Pcuda)"
                : "install the NVIDIA driver, CUDA 13 and cuDNN 9, and name their directories in LD_LIBRARY_PATH";
    }

    /** Whether this build of LibTorch sees a CUDA device. */
    public static boolean hasCuda() {
        start();
        return torch.cuda_is_available();
    }

    /**
     * The device of that name.
     *
     * @param name {@code cpu}, {@code cuda}, {@code cuda:N}, or {@code auto}: CUDA where there is one
     * @throws EngineException if the name is unknown, the device is not there, or its environment lets runs differ
     */
    public static Device device(String name) {
        start();
        String wanted = name.equals("auto") ? hasCuda() ? "cuda" : "cpu" : name;
        if (!wanted.matches("cpu|cuda(:\\d{1,3})?")) {
            throw new EngineException("device: \"" + name + "\" is unknown; expected auto, cpu, cuda or cuda:N");
        }
        if (wanted.startsWith("cuda") && !hasCuda()) {
            throw new EngineException("device: \"" + name
                    + "\", but LibTorch sees no CUDA device here; use device: cpu, or " + cudaRemedy());
        }
        if (!wanted.equals("cpu")) {
            if (System.getenv(WORKSPACE) == null) { // cuBLAS reads it at its start, when Java can set nothing any more
                throw new EngineException(
                        "device: \"" + name + "\" needs " + WORKSPACE + "=:4096:8 in the environment (./cw"
                                + " sets it), so that products are summed in the same order in every run");
            }
            // The same sums in the same order in every run.
            refuseWhatHasNoOrder();
        }
        return new Device(wanted);
    }
}
