package org.counterweight.shift.fairness.frontier;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Gathered;
import org.counterweight.shift.Role;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.table.FairCorrelation;
import org.counterweight.shift.fairness.table.FairFit;
import org.jspecify.annotations.Nullable;

/**
 * Fair classifiers of a table: rows are weighed for where the model will be used, linear classifiers are held to the constraint
 * by each algorithm at several strengths, and the best of them answers every row.
 */
record FairLearner(FairTrainingConfig config) implements TableWeigher<FairModels> {
    private static final String WEIGHT = "weight";
    private static final String SAID = "said";

    /** For what a row is: decided by its number, however rows come. */
    private enum Use {
        LEARNT,
        CHOOSING,
        JUDGING
    }

    @Override
    public FairModels fit(Source source, @Nullable Source target, Seed seed) {
        FairFit shifted = config.shift() == null
                ? null
                : new FairCorrelation(config.shift()).fit(source, target, seed.child("shift"));
        try (var scope = Scope.open()) {
            Gathered all = Gathered.of(source, ScalarType.Double);
            Cells cells = Cells.of(Tensors.doubles(all.values(Role.LABEL)), Tensors.doubles(all.values(Role.GROUP)));
            double[] weights = shifted == null ? new double[] {1, 1, 1, 1} : shifted.weights();
            var candidates = new Candidates(
                    config,
                    part(all, cells, Use.LEARNT, seed),
                    part(all, cells, Use.CHOOSING, seed),
                    part(all, cells, Use.JUDGING, seed),
                    weights,
                    seed);
            List<Candidate> tried = candidates.all();
            return new FairModels(
                    weights,
                    cells.shares(),
                    shifted == null ? cells.shares() : shifted.after(),
                    tried,
                    Candidate.best(tried, config.constraint(), config.maxGap()),
                    shifted == null ? List.of() : shifted.remarks());
        }
    }

    private Use use(Seed seed, long id) {
        double lot = (seed.child("use").child(id).value() >>> 11) * 0x1p-53;
        return lot < config.holdout() ? Use.JUDGING : lot < 2 * config.holdout() ? Use.CHOOSING : Use.LEARNT;
    }

    private Candidates.Part part(Gathered all, Cells cells, Use use, Seed seed) {
        int[] rows = IntStream.range(0, all.size())
                .filter(i -> use(seed, all.ids()[i]) == use)
                .toArray();
        Cells own = cells.select(rows);
        for (int k = 0; k < CellShares.CELLS; k++) {
            if (own.count(k) == 0) {
                throw new ShiftException("of the " + rows.length + " rows to "
                        + (use == Use.LEARNT ? "learn from" : use == Use.CHOOSING ? "choose by" : "judge by")
                        + " none is in the cell " + CellShares.name(k)
                        + ", so nothing can be told of it; give more rows, or a larger holdout");
            }
        }
        Tensor index = Tensors.longs(IntStream.of(rows).asLongStream().toArray());
        return new Candidates.Part(all.features().index_select(0, index), own);
    }

    @Override
    public List<String> columns(Side side) {
        return side == Side.SOURCE ? List.of(WEIGHT, SAID) : List.of();
    }

    @Override
    public List<String> weights(Side side) {
        return side == Side.SOURCE ? List.of(WEIGHT) : List.of();
    }

    @Override
    public Weights apply(FairModels fitted, Side side, Chunk rows) {
        if (side == Side.TARGET) {
            return new Weights(Map.of(), null, null);
        }
        try (var scope = Scope.open()) {
            Cells cells = Cells.of(rows.tensor(Role.LABEL), rows.tensor(Role.GROUP));
            double[] weights = Tensors.toDoubles(cells.spread(fitted.weights()));
            Map<String, double[]> columns = new LinkedHashMap<>();
            columns.put(WEIGHT, weights);
            columns.put(
                    SAID,
                    Tensors.toDoubles(fitted.taken()
                            .classifier()
                            .decisions(rows.features().to(ScalarType.Double))));
            Tensor ones = cells.spread(1, 0, 1, 0);
            Tensor zeros = cells.spread(0, 1, 0, 1);
            Tensor counted = cells.spread(fitted.weights());
            return new Weights(
                    columns,
                    null,
                    new Weights.Compared(
                            Tensors.toDoubles(ones),
                            Tensors.toDoubles(ones.mul(counted)),
                            Tensors.toDoubles(zeros),
                            Tensors.toDoubles(zeros.mul(counted))));
        }
    }

    /** The weights of the cells; of the classifier that answers θ of each of its parts, the intercept last. */
    @Override
    public Map<String, Tensor> state(FairModels fitted) {
        return Map.of(
                "weights", Tensors.doubles(fitted.weights()),
                "theta", fitted.taken().classifier().matrix());
    }

    @Override
    public Findings findings(FairModels fitted) {
        return new TradeOff(config, fitted).findings();
    }
}
