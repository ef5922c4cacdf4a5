package org.counterweight.shift.fairness.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Role;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.counterweight.shift.fairness.CellRatio;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.Resampling;
import org.counterweight.shift.measure.Proportion;
import org.jspecify.annotations.Nullable;

/** Rows weighted, or drawn, so that label and group are correlated as they will be where the model is used. */
public record FairCorrelation(FairCorrelationConfig config) implements TableWeigher<FairFit> {
    private static final String WEIGHT = "weight";
    private static final int RESAMPLES = 2000;
    private static final double LITTLE = 0.1; // of the rows kept

    @Override
    public FairFit fit(Source source, @Nullable Source target, Seed seed) {
        double[] counts = source.fold(new CellCounts());
        refuseEmpty(counts);
        CellShares before = CellShares.ofCounts(counts);
        var remarks = new ArrayList<String>();
        double[] range = range(target, seed, remarks);
        CellShares after;
        if (config.mode() == FairCorrelationConfig.Mode.REWEIGHING) {
            after = before.weighted(before.reweighing());
        } else {
            after = (range[0] == range[1]
                            ? CellRatio.of(before, range[0], config.tolerance(), config.solver())
                            : CellRatio.of(before, range[0], range[1], config.tolerance(), config.solver()))
                    .after();
        }
        double[] weights = before.ratios(after);
        if (config.mode() != FairCorrelationConfig.Mode.SAMPLE) {
            return new FairFit(counts, after, weights, null, null, seed, range, remarks);
        }
        long[] whole = Arrays.stream(counts).mapToLong(Math::round).toArray();
        long[] kept = Resampling.of(whole, after).kept();
        return new FairFit(counts, after, weights, lots(source, kept, whole, seed), kept, seed, range, remarks);
    }

    private static void refuseEmpty(double[] counts) {
        boolean noOne = counts[0] + counts[2] == 0;
        if (noOne || counts[1] + counts[3] == 0) {
            throw new ShiftException("no row is of the group z=" + (noOne ? 1 : 0)
                    + "; a correlation of label and group needs rows of both");
        }
        for (int k = 0; k < counts.length; k++) {
            if (counts[k] == 0) {
                throw new ShiftException("no row is in the cell " + CellShares.name(k)
                        + ", so none can be weighted for it; add such rows, or take another label or group");
            }
        }
    }

    /** The correlation of the deployment. */
    private double[] range(@Nullable Source target, Seed seed, List<String> remarks) {
        if (config.mode() == FairCorrelationConfig.Mode.REWEIGHING) {
            return new double[] {0, 0};
        }
        if (config.corr() != null) {
            return new double[] {config.corr(), config.corr()};
        }
        if (config.corrLow() != null && config.corrHigh() != null) {
            return new double[] {config.corrLow(), config.corrHigh()};
        }
        if (target == null) {
            throw new ShiftException("how label and group are correlated where the model will be used is not said; give"
                    + " corr, or rows from there with the same two columns");
        }
        double[] counts = target.fold(new CellCounts());
        refuseEmpty(counts);
        double[] interval = resampled(counts, seed);
        remarks.add(String.format(
                Locale.ROOT,
                "The deployment's rows have a correlation of %.4f, 95 %% interval %.4f to %.4f by resampling them %,d"
                        + " times.",
                CellShares.ofCounts(counts).correlation(),
                interval[0],
                interval[1],
                RESAMPLES));
        return interval;
    }

    private static double[] resampled(double[] counts, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor one = rate(counts[0], counts[0] + counts[2], seed.child("one"));
            Tensor zero = rate(counts[1], counts[1] + counts[3], seed.child("zero"));
            double[] sorted = Tensors.toDoubles(one.sub(zero).sort().get0());
            return new double[] {sorted[(int) (0.025 * RESAMPLES)], sorted[(int) (0.975 * RESAMPLES)]};
        }
    }

    private static Tensor rate(double positives, double rows, Seed seed) {
        Tensor count = torch.full(new long[] {RESAMPLES}, Tensors.scalar(rows), Tensors.options(ScalarType.Double));
        Tensor share = torch.full_like(count, Tensors.scalar(positives / rows));
        return torch.binomial(count, share, Tensors.optional(seed.generator())).div(count);
    }

    /** The highest lot that is kept of each cell. */
    private static long[] lots(Source source, long[] kept, long[] counts, Seed seed) {
        long[][] all = Arrays.stream(counts)
                .mapToObj(n -> new long[Math.toIntExact(n)])
                .toArray(long[][]::new);
        int[] filled = new int[all.length];
        source.read(chunk -> {
            int[] cells = cells(chunk);
            for (int i = 0; i < cells.length; i++) {
                all[cells[i]][filled[cells[i]]++] = Resampling.lot(seed, chunk.ids()[i]);
            }
        });
        long[] lots = new long[all.length];
        for (int k = 0; k < lots.length; k++) {
            Arrays.sort(all[k]);
            lots[k] = kept[k] == 0 ? Long.MIN_VALUE : all[k][Math.toIntExact(kept[k] - 1)];
        }
        return lots;
    }

    private static int[] cells(Chunk rows) {
        double[] labels = rows.values(Role.LABEL);
        double[] groups = rows.values(Role.GROUP);
        int[] cells = new int[labels.length];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = Cells.at(labels[i] > 0, groups[i] > 0);
        }
        return cells;
    }

    @Override
    public List<String> columns(Side side) {
        return side == Side.SOURCE && config.mode() != FairCorrelationConfig.Mode.SAMPLE ? List.of(WEIGHT) : List.of();
    }

    @Override
    public Weights apply(FairFit fitted, Side side, Chunk rows) {
        if (side == Side.TARGET) {
            return new Weights(Map.of(), null, null);
        }
        int[] cells = cells(rows);
        double[] counted = rows.weights();
        double[] weights = new double[cells.length];
        boolean[] kept = new boolean[cells.length];
        for (int i = 0; i < cells.length; i++) {
            boolean stays = fitted.lots() == null
                    || fitted.kept() != null
                            && fitted.kept()[cells[i]] > 0
                            && Resampling.lot(fitted.seed(), rows.ids()[i]) <= fitted.lots()[cells[i]];
            kept[i] = stays;
            weights[i] = fitted.lots() == null ? counted[i] * fitted.weights()[cells[i]] : stays ? 1 : 0;
        }
        return new Weights(
                fitted.lots() == null ? Map.of(WEIGHT, weights) : Map.of(),
                fitted.lots() == null ? null : kept,
                compared(cells, counted, weights));
    }

    /** The groups: their features come apart or together with the weights. */
    private static Weights.Compared compared(int[] cells, double[] counted, double[] weights) {
        double[] one = new double[cells.length];
        double[] oneWeighted = new double[cells.length];
        double[] zero = new double[cells.length];
        double[] zeroWeighted = new double[cells.length];
        for (int i = 0; i < cells.length; i++) {
            boolean isOne = cells[i] % 2 == 0;
            (isOne ? one : zero)[i] = counted[i];
            (isOne ? oneWeighted : zeroWeighted)[i] = weights[i];
        }
        return new Weights.Compared(one, oneWeighted, zero, zeroWeighted);
    }

    @Override
    public Map<String, Tensor> state(FairFit fitted) {
        return Map.of(
                "counts", Tensors.doubles(fitted.counts()),
                "shares", Tensors.doubles(fitted.after().toArray()),
                "weights", Tensors.doubles(fitted.weights()),
                "correlation", Tensors.doubles(fitted.range()));
    }

    @Override
    public Findings findings(FairFit fitted) {
        CellShares before = fitted.before();
        CellShares after = fitted.after();
        double kept = 1 / Arrays.stream(fitted.weights()).max().orElse(1);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("correlation before", before.correlation());
        figures.put("correlation after", after.correlation());
        figures.put("Pearson's before", before.pearson());
        figures.put("Pearson's after", after.pearson());
        figures.put("highest accuracy at parity, before", before.parityBound(0));
        figures.put("highest accuracy at parity, after", after.parityBound(0));
        figures.put("share of rows a sample keeps", kept);
        var warnings = new ArrayList<String>();
        if (kept < LITTLE && config.mode() == FairCorrelationConfig.Mode.SAMPLE) {
            warnings.add(String.format(
                    Locale.ROOT, "The sample keeps %.1f %% of the rows; mode: weight keeps all of them.", 100 * kept));
        }
        double[] c = fitted.counts();
        for (int z = 1; z >= 0; z--) {
            if (new Proportion(0, c[1 - z] + c[3 - z]).tooFew()) {
                warnings.add("The group z=" + z + " has too few rows (" + Math.round(c[1 - z] + c[3 - z])
                        + ") to tell its rate of y=1.");
            }
        }
        return new Findings(
                "Rows of each cell of label and group are weighted by its share in the deployment (numerator) over its"
                        + " share here. " + String.join(" ", fitted.remarks()),
                figures,
                List.of(cellTable(fitted), groupTable(c)),
                List.of(),
                warnings,
                List.of());
    }

    private static Findings.Table cellTable(FairFit fitted) {
        List<List<String>> rows = new ArrayList<>();
        double[] before = fitted.before().toArray();
        double[] after = fitted.after().toArray();
        for (int k = 0; k < before.length; k++) {
            rows.add(List.of(
                    CellShares.name(k),
                    String.format(Locale.ROOT, "%,d", Math.round(fitted.counts()[k])),
                    shown(before[k]),
                    shown(after[k]),
                    shown(fitted.weights()[k]),
                    fitted.kept() == null ? "all" : String.format(Locale.ROOT, "%,d", fitted.kept()[k])));
        }
        return new Findings.Table(
                "Cells of label and group",
                "y is the label, z the group. The weight of a cell's rows is its new share over its old one; a sample"
                        + " keeps rows in that proportion.",
                List.of("Cell", "Rows", "Share", "New share", "Weight", "Kept"),
                rows);
    }

    private static Findings.Table groupTable(double[] counts) {
        List<List<String>> rows = new ArrayList<>();
        for (int z = 1; z >= 0; z--) {
            var rate = new Proportion(counts[1 - z], counts[1 - z] + counts[3 - z]);
            rows.add(List.of(
                    "z=" + z,
                    String.format(Locale.ROOT, "%,d", Math.round(rate.of())),
                    String.format(Locale.ROOT, "%,d", Math.round(rate.found())),
                    rate.tooFew() ? "too few rows" : shown(rate.share()),
                    rate.tooFew() ? "too few rows" : shown(rate.low()) + " to " + shown(rate.high())));
        }
        return new Findings.Table(
                "Groups",
                "Rates of the label y=1 in each group z as they are, with Wilson's 95 % interval; of fewer than "
                        + Proportion.FEW + " rows none is given.",
                List.of("Group", "Rows", "Positives", "Rate", "Interval"),
                rows);
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
