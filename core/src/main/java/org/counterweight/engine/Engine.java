package org.counterweight.engine;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

/**
 * LibTorch in this process: loaded once, with a chosen number of threads, on a chosen device.
 *
 * <p>Thread-safe. Nothing here draws random numbers: see {@link Seed}.
 */
public final class Engine {
    private static final String WORKSPACE = "CUBLAS_WORKSPACE_CONFIG";

    private static volatile boolean started;

    private Engine() {}

    /**
     * Loads LibTorch, once, with as many threads as there are cores, or as {@code OMP_NUM_THREADS} says.
     *
     * @throws EngineException if its native library for this platform is not on the class path or does not load
     */
    public static void start() {
        if (!started) { // asked at every scope
            load();
        }
    }

    private static synchronized void load() {
        if (started) {
            return;
        }
        try {
            Loader.load(torch.class);
            if (System.getenv("OMP_NUM_THREADS") == null) { // LibTorch alone finds one core on some virtual machines
                int processors = Runtime.getRuntime().availableProcessors(); // fewer than cores in a container
                torch.set_num_threads(Math.max(1, Math.min(Loader.totalCores(), processors)));
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
        torch.set_num_threads(count);
        Loader.load(org.bytedeco.openblas.global.openblas_nolapack.class);
        openblas_nolapack.blas_set_num_threads(count); // the products' library may have threads of its own
    }

    /** How many threads one operation may use. */
    public static int threads() {
        start();
        return torch.get_num_threads();
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
            // The same sums in the same order in every run: LibTorch refuses what has no such order.
            torch.globalContext().setDeterministicAlgorithms(true, false);
            torch.globalContext().setDeterministicFillUninitializedMemory(false); // nothing here reads such memory
        }
        return new Device(wanted);
    }
}
