package org.counterweight.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which library takes LibTorch's products of float32 matrices, and the environment that it and the threads must find when
 * they are loaded.
 *
 * <p>MKL wherever it is on the class path, since its threads are LibTorch's own; but on AMD's processors MKL keeps to AVX2,
 * and OpenBLAS with AVX-512 took half its time.
 *
 * @param kind the library
 * @param environment variables by name; those that the user has set are the user's
 */
record ProductsLibrary(Kind kind, Map<String, String> environment) {
    /** The property by which JavaCPP is told of another library than OpenBLAS. */
    static final String PROPERTY = "org.bytedeco.openblas.load";

    private static final String OPENBLAS = "openblas";
    private static final String CORE = "OPENBLAS_CORETYPE";

    /** What there is to choose from. */
    enum Kind {
        MKL,
        OPENBLAS,
        /** Named by the user in {@link #PROPERTY}, and not of this class path: nothing is known of it. */
        OTHER
    }

    /** Otherwise MKL takes fewer threads than it was asked for where it thinks that enough. */
    private static final Map<String, String> MKL = Map.of("MKL_DYNAMIC", "FALSE");

    /**
     * The threads of OpenBLAS are not LibTorch's: each pool must soon sleep while the other works, or the two fight for the
     * cores (an encoder's step: 235 ms, 650 where they fight, 365 with MKL).
     */
    private static final Map<String, String> SLEEPING =
            Map.of("OPENBLAS_THREAD_TIMEOUT", "4", "GOMP_SPINCOUNT", "12000");

    ProductsLibrary {
        environment = Map.copyOf(environment);
    }

    /**
     * The choice for a machine.
     *
     * @param platform as JavaCPP names it: {@code linux-x86_64}
     * @param cpuInfo what stands in {@code /proc/cpuinfo}; empty where there is none
     * @param hasMkl whether MKL's libraries are on the class path
     * @param wanted what the user has put into {@link #PROPERTY}: {@code mkl_rt}, {@code openblas}, the name of another
     *     library, or nothing
     */
    static ProductsLibrary of(String platform, String cpuInfo, boolean hasMkl, String wanted) {
        if (hasMkl && (wanted.equalsIgnoreCase("mkl") || wanted.equalsIgnoreCase("mkl_rt"))) {
            return new ProductsLibrary(Kind.MKL, MKL);
        }
        if (!wanted.isEmpty() && !wanted.equalsIgnoreCase(OPENBLAS)) {
            return new ProductsLibrary(Kind.OTHER, Map.of());
        }
        if (!platform.equals("linux-x86_64")) {
            return new ProductsLibrary(Kind.OPENBLAS, Map.of());
        }
        boolean wideAmd = words(cpuInfo, "vendor_id").contains("AuthenticAMD")
                && words(cpuInfo, "flags").contains("avx512bw");
        if (wideAmd) { // left to itself, OpenBLAS takes AVX2 there
            var environment = new HashMap<>(SLEEPING);
            environment.put(CORE, "SkylakeX");
            return new ProductsLibrary(Kind.OPENBLAS, environment);
        }
        return hasMkl && wanted.isEmpty()
                ? new ProductsLibrary(Kind.MKL, MKL)
                : new ProductsLibrary(Kind.OPENBLAS, SLEEPING);
    }

    /** As people call it, with the processor that it was told to work for. */
    String title() {
        return switch (kind) {
            case MKL -> "MKL";
            case OPENBLAS -> {
                String core = System.getenv().getOrDefault(CORE, environment.getOrDefault(CORE, ""));
                yield core.isEmpty() ? "OpenBLAS" : "OpenBLAS for " + core;
            }
            case OTHER -> System.getProperty(PROPERTY, "unknown");
        };
    }

    /** The words behind a name, of the first processor; all are alike. */
    private static List<String> words(String cpuInfo, String name) {
        return cpuInfo.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line ->
                        List.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
                .orElse(List.of());
    }
}
