package org.counterweight.report.plot;

import java.util.List;
import java.util.stream.IntStream;

/** Names side by side, each in the middle of an equal part: the value 0 is the first name. */
record NameScale(List<String> names, double from, double to) implements Ruler {
    @Override
    public double at(double value) {
        return from + (value + 0.5) / names.size() * (to - from);
    }

    @Override
    public List<Double> ticks() {
        return IntStream.range(0, names.size()).mapToObj(i -> (double) i).toList();
    }

    @Override
    public String label(double tick) {
        return names.get((int) tick);
    }
}
