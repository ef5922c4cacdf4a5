package org.counterweight.engine;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.global.torch;

/**
 * Where random numbers come from. One seed is written in the recipe; every consumer takes a {@link #child} of its own by
 * name, so that adding a draw in one place changes no number in another.
 *
 * <p>LibTorch's default generator is seeded by the machine and differs in each run: no code here uses it.
 */
public record Seed(long value) implements Serializable {

    /** An independent seed for {@code name}: the same for the same name, whatever else was drawn before. */
    public Seed child(String name) {
        long hash = 0xcbf29ce484222325L; // FNV-1a, 64 bits
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return child(hash);
    }

    /** An independent seed for the {@code index}-th of a kind: an epoch, a run, a layer. */
    public Seed child(long index) {
        long z = value + 0x9e3779b97f4a7c15L * (2 * index + 1); // the finalizer of SplitMix64 decorrelates neighbours
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return new Seed(z ^ (z >>> 31));
    }

    /** A new LibTorch generator on the CPU, at the start of this seed's sequence. It is native: open a {@link Scope}. */
    public Generator generator() {
        return torch.make_generator_cpu(value);
    }

    /**
     * A new generator for draws on that device, at the start of this seed's sequence, which each kind of device has for
     * itself. What must come out the same on every device is drawn on the CPU and moved.
     */
    public Generator generator(Device device) {
        if (device.is_cpu()) {
            return generator();
        }
        Generator own = torch.globalContext().defaultGenerator(device).clone(); // the default itself is left alone
        own.set_current_seed(value);
        return own;
    }

    /** A new generator for choices that are no tensors. */
    public SplittableRandom random() {
        return new SplittableRandom(value);
    }

    /** The numbers 0 to n − 1 in random order. */
    public int[] permutation(int n) {
        int[] order = new int[n];
        SplittableRandom random = random();
        for (int i = 0; i < n; i++) { // Fisher-Yates, inside out
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
