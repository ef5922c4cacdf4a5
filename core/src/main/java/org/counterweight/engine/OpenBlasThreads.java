package org.counterweight.engine;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * How many threads OpenBLAS shares a product out to, told so often that its own function for it is too dear.
 *
 * <p>JavaCPP gives no name to {@code openblas_set_num_threads} (its {@code blas_set_num_threads} sets LibTorch's threads too,
 * which costs milliseconds), hence the number is written where that function writes it, if it was seen to do so.
 */
final class OpenBlasThreads {
    private static final String NUMBER = "blas_cpu_number";

    /** Where OpenBLAS keeps the number of its threads; null for another library, or where one thread is all there is. */
    private static volatile @Nullable IntPointer shares;

    private static volatile int threads = 1;

    private OpenBlasThreads() {}

    /**
     * To be called whenever the number of threads was set.
     *
     * @param count what OpenBLAS was just told, if it is that
     */
    static void settle(int count) {
        threads = count;
        Pointer number = count > 1 ? Loader.addressof(NUMBER) : null;
        if (number == null) {
            shares = null;
            return;
        }
        IntPointer found = new IntPointer(number);
        found.retainReference(); // no scope's that is open now
        shares = found.get() == count ? found : null;
    }

    /** Whether OpenBLAS takes products, and shares them out. */
    static boolean areShared() {
        return shares != null;
    }

    /** From here on each product is taken by the thread that asks for it. */
    static void alone() {
        share(1);
    }

    /** From here on all threads take part again. */
    static void together() {
        share(threads);
    }

    private static void share(int count) {
        IntPointer number = shares;
        if (number != null) {
            number.put(count);
        }
    }
}
