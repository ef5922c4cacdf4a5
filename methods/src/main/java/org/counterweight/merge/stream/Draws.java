package org.counterweight.merge.stream;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * Uniform numbers in [0, 1), one an element of a tensor, each a function of seed, model, tensor and index alone: threads,
 * blocks and shards do not change them.
 */
record Draws(long key) {
    /** The draws for one tensor of the {@code model}-th model. */
    static Draws of(long seed, int model, String tensor) {
        return new Draws(new Seed(seed).child(model).child(tensor).value());
    }

    /** Those of elements {@code from} to {@code from + length − 1}: SplitMix64 at those places of its sequence, 24 bits each. */
    Tensor block(long from, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            long z = key + (from + i + 1) * 0x9e3779b97f4a7c15L;
            z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
            values[i] = ((z ^ (z >>> 31)) >>> 40) * 0x1p-24f;
        }
        return Tensors.floats(values);
    }
}
