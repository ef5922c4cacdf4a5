package org.counterweight.reparametrize;

import static org.counterweight.engine.Tensors.doubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.train.part.Section;
import org.counterweight.train.state.Remembering;

/** Figures over the steps of a run, for its report; kept in checkpoints. Not thread-safe. */
public final class Trace implements Remembering {
    private static final String FIGURES = "figures";

    private final List<String> names;
    private final List<double[]> rows = new ArrayList<>();

    /** @param names of the figures, in the order of {@link #add} */
    public Trace(List<String> names) {
        this.names = List.copyOf(names);
    }

    /** Takes down the figures after a step. */
    public void add(long step, double... figures) {
        double[] row = new double[names.size() + 1];
        row[0] = step;
        System.arraycopy(figures, 0, row, 1, names.size());
        rows.add(row);
    }

    /** The curves of these figures. */
    public List<Section.Curve> curves(List<String> of) {
        return of.stream()
                .map(name -> new Section.Curve(name, column(0), column(1 + names.indexOf(name)), false))
                .toList();
    }

    /** One figure over the steps. */
    public double[] values(String name) {
        return column(1 + names.indexOf(name));
    }

    private double[] column(int place) {
        return rows.stream().mapToDouble(row -> row[place]).toArray();
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        int width = names.size() + 1;
        double[] all = new double[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * width, width);
        }
        state.put(FIGURES, doubles(all, rows.size(), width));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        double[] all = Tensors.toDoubles(Remembering.required(state, FIGURES));
        int width = names.size() + 1;
        rows.clear();
        for (int at = 0; at < all.length; at += width) {
            rows.add(Arrays.copyOfRange(all, at, at + width));
        }
    }
}
