package org.counterweight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.counterweight.engine.ProductsLibrary.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice, for processors that no one machine has. */
class ProductsLibraryTest {
    private static final String LINUX = "linux-x86_64";

    /** As {@code /proc/cpuinfo} has them, of two processors, with flags that do not matter left out. */
    private static String cpu(String vendor, String flags) {
        String one = """
                processor\t: 0
                vendor_id\t: %s
                cpu family\t: 6
                model name\t: some processor with avx512bw in its name
                flags\t\t: fpu vme de pse %s
                vmx flags\t: vnmi preemption_timer
                bugs\t\t: spectre_v1

                """.formatted(vendor, flags);
        return one + one.replace("processor\t: 0", "processor\t: 1");
    }

    private static final String HASWELL = cpu("GenuineIntel", "sse4_2 avx f16c avx2 fma");
    private static final String CASCADE_LAKE = cpu("GenuineIntel", "avx2 avx512f avx512bw avx512vl avx512_vnni");
    private static final String SAPPHIRE_RAPIDS =
            cpu("GenuineIntel", "avx2 avx512f avx512bw avx512_bf16 amx_bf16 amx_tile");
    private static final String ZEN2 = cpu("AuthenticAMD", "sse4a avx avx2 fma");
    private static final String ZEN4 = cpu("AuthenticAMD", "avx2 avx512f avx512bw avx512_bf16");
    private static final String ARM = "processor\t: 0\nFeatures\t: fp asimd sve bf16\nCPU implementer\t: 0x41\n";

    private static String named(String processor) {
        return switch (processor) {
            case "Haswell" -> HASWELL;
            case "Cascade Lake" -> CASCADE_LAKE;
            case "Sapphire Rapids" -> SAPPHIRE_RAPIDS;
            case "Zen 2" -> ZEN2;
            case "Zen 4" -> ZEN4;
            case "ARM" -> ARM;
            default -> "";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "linux-x86_64,   Haswell,         MKL",
        "linux-x86_64,   Cascade Lake,    MKL",
        "linux-x86_64,   Sapphire Rapids, MKL",
        "linux-x86_64,   Zen 2,           MKL",
        "linux-x86_64,   Zen 4,           OPENBLAS",
        "linux-x86_64,   unknown,         MKL",
        "linux-arm64,    ARM,             OPENBLAS",
        "macosx-arm64,   unknown,         OPENBLAS",
        "windows-x86_64, unknown,         OPENBLAS",
    })
    void theProcessorChooses(String platform, String processor, Kind expected) {
        boolean hasMkl = platform.equals(LINUX);
        assertThat(ProductsLibrary.of(platform, named(processor), hasMkl, "").kind())
                .isEqualTo(expected);
    }

    @Test
    void avx512OfAmdMustBeAskedFor() {
        assertThat(ProductsLibrary.of(LINUX, ZEN4, true, "").environment())
                .isEqualTo(Map.of(
                        "OPENBLAS_CORETYPE", "SkylakeX", "OPENBLAS_THREAD_TIMEOUT", "4", "GOMP_SPINCOUNT", "12000"));
    }

    @Test
    void withoutMklOnTheClassPathOpenBlasWorksForIntelToo() {
        assertThat(ProductsLibrary.of(LINUX, SAPPHIRE_RAPIDS, false, ""))
                .isEqualTo(new ProductsLibrary(
                        Kind.OPENBLAS, Map.of("OPENBLAS_THREAD_TIMEOUT", "4", "GOMP_SPINCOUNT", "12000")));
    }

    @Test
    void mklTakesAsManyThreadsAsItIsToldTo() {
        assertThat(ProductsLibrary.of(LINUX, HASWELL, true, "").environment())
                .isEqualTo(Map.of("MKL_DYNAMIC", "FALSE"));
    }

    @Test
    void theUserHasTheLastWord() {
        assertThat(ProductsLibrary.of(LINUX, ZEN4, true, "mkl_rt").kind()).isEqualTo(Kind.MKL);
        assertThat(ProductsLibrary.of(LINUX, ZEN4, false, "mkl_rt").kind()).isEqualTo(Kind.OTHER);
        assertThat(ProductsLibrary.of(LINUX, HASWELL, true, "openblas").kind()).isEqualTo(Kind.OPENBLAS);
        assertThat(ProductsLibrary.of(LINUX, HASWELL, true, "blis"))
                .isEqualTo(new ProductsLibrary(Kind.OTHER, Map.of()));
    }
}
