package org.counterweight.merge.block;

/** One model's part in one merged tensor, read block by block by one thread, mostly in order. */
@FunctionalInterface
public interface BlockSource {
    /** Puts elements {@code from} to {@code from + count − 1}, flat, into {@code to} from index {@code at} on. */
    void read(long from, int count, double[] to, int at);
}
