package org.counterweight.merge.stream;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Gram;
import org.counterweight.merge.ModelStockConfig;
import org.counterweight.merge.StockRatio;

/**
 * {@link org.counterweight.merge.ModelStock} in blocks: the inner products of the deltas are summed in a first pass, or found
 * row by row, and the ratio follows from them ({@link StockRatio}).
 */
final class StockMerge implements TensorMerge {
    private final ModelStockConfig config;
    private final int base;
    private final int models;
    private final long width;
    private final boolean byRow;
    private final double[] gram;

    /**
     * @param base the index of the anchor among the inputs
     * @param models how many models there are beside it
     * @param byRow whether each row has a ratio of its own; blocks hold whole rows then
     * @param width the length of a row
     */
    StockMerge(ModelStockConfig config, int base, int models, boolean byRow, long width) {
        this.config = config;
        this.base = base;
        this.models = models;
        this.byRow = byRow;
        this.width = width;
        this.gram = new double[models * models];
    }

    @Override
    public int passes() {
        return byRow ? 0 : 1;
    }

    @Override
    public void look(int pass, Tensor[] inputs, long from) {
        double[] block = Tensors.toDoubles(Gram.of(inputs[base], others(inputs, -1), false));
        for (int i = 0; i < gram.length; i++) {
            gram[i] += block[i];
        }
    }

    @Override
    public Tensor combine(Tensor[] inputs, long from) {
        Tensor anchor = inputs[base];
        List<Tensor> others = others(inputs, -1);
        Tensor mean = others.get(0).sub(anchor); // of the deltas: where all are equal the anchor stays as it is
        for (Tensor model : others.subList(1, models)) {
            mean.add_(model).sub_(anchor);
        }
        if (!byRow) {
            double t = Tensors.toDoubles(
                    StockRatio.of(config, doubles(gram, 1, models, models)).ratio())[0];
            return anchor.add(mean, scalar(t / models));
        }
        Tensor rows = Gram.of(anchor.view(-1, width), others(inputs, width), true);
        Tensor t = StockRatio.of(config, rows).ratio().div(scalar(models)).to(mean.scalar_type());
        return anchor.add(mean.view(-1, width).mul_(t.unsqueeze(1)).view(-1));
    }

    private List<Tensor> others(Tensor[] inputs, long rowWidth) {
        var others = new ArrayList<Tensor>();
        for (int i = 0; i < inputs.length; i++) {
            if (i != base) {
                others.add(rowWidth < 0 ? inputs[i] : inputs[i].view(-1, rowWidth));
            }
        }
        return others;
    }
}
