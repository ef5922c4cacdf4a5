package org.counterweight.bench;

import static org.bytedeco.pytorch.global.torch.zeros;

import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The price of crossing into native code: operations on a tensor so small that nothing else is measured. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SmallOperations {
    private static final int MANY = 100;

    private final Tensor a = Scope.own(zeros(8));
    private final Tensor b = Scope.own(zeros(8));

    /** One addition in a scope of its own: what a scope costs too. */
    @Benchmark
    public long addInOwnScope() {
        try (var scope = Scope.open()) {
            return a.add(b).address();
        }
    }

    /** A hundred additions in one scope, as in a training step. */
    @Benchmark
    public long hundredAddsInOneScope() {
        try (var scope = Scope.open()) {
            Tensor sum = a;
            for (int i = 0; i < MANY; i++) {
                sum = sum.add(b);
            }
            return sum.address();
        }
    }

    /** A factor from Java: a native scalar is made each time. */
    @Benchmark
    public long timesANumber() {
        try (var scope = Scope.open()) {
            return Tensors.times(a, 2).address();
        }
    }
}
