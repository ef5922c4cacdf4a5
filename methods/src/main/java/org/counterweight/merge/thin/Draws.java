package org.counterweight.merge.thin;

import org.counterweight.engine.Seed;

/**
 * Uniform numbers in [0, 1), one an element of a tensor, each a function of seed, model, tensor and index alone: threads,
 * blocks and shards do not change them.
 */
public record Draws(long key) implements RandomThinning.Mask {
    /** The draws for one tensor of the {@code model}-th model. */
    public static Draws of(long seed, int model, String tensor) {
        return new Draws(new Seed(seed).child(model).child(tensor).value());
    }

    /** That of the element at {@code index}: SplitMix64 at that place of its sequence, 24 bits. */
    double at(long index) {
        long z = key + (index + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return ((z ^ (z >>> 31)) >>> 40) * 0x1p-24;
    }

    @Override
    public boolean keeps(long index, double probability) {
        return at(index) < probability;
    }
}
