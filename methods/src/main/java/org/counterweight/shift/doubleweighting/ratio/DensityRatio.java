package org.counterweight.shift.doubleweighting.ratio;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Gathered;
import org.counterweight.shift.RowWeights;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.Source;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.measure.WeightHistogram;
import org.jspecify.annotations.Nullable;

/** Training rows weighed by an estimate of how much denser the deployment is at each. */
record DensityRatio(DensityRatioConfig config) implements TableWeigher<DensityRatio.Fit> {
    private static final String WEIGHT = "weight";
    private static final long FITS = 4000; // rows for which kmm holds all values of the kernel

    /**
     * What was found.
     *
     * @param weights of each training row
     * @param sigma width of the kernel; NaN where there is none
     * @param clipped how many stood above the limit
     */
    record Fit(RowWeights weights, double sigma, long clipped) implements AutoCloseable, Serializable {
        @Override
        public void close() {} // plain numbers
    }

    @Override
    public Fit fit(Source source, @Nullable Source target, Seed seed) {
        if (target == null) {
            throw new ShiftException("a ratio of densities compares two tables; name the other one (target)");
        }
        try (var scope = Scope.open()) {
            Gathered train = Gathered.of(source, ScalarType.Double);
            Tensor deployed = Gathered.of(target, ScalarType.Double).features();
            boolean hasKernel = config.estimator() != DensityRatioConfig.Estimator.LOGISTIC;
            double sigma = hasKernel ? sigma(train.features(), deployed) : Double.NaN;
            double[] ratio = Tensors.toDoubles(ratio(train.features(), deployed, sigma, seed));
            double limit = config.clip() == null ? Double.POSITIVE_INFINITY : config.clip();
            long clipped = 0;
            double sum = 0;
            double[] weights = new double[ratio.length];
            for (int i = 0; i < ratio.length; i++) {
                double flat = Math.pow(ratio[i], config.flatten());
                clipped += flat > limit ? 1 : 0;
                weights[i] = Math.min(limit, flat);
                sum += Math.min(limit, flat);
            }
            if (config.normalize()) {
                double mean = sum / weights.length;
                Arrays.setAll(weights, i -> weights[i] / mean);
            }
            return new Fit(RowWeights.of(train.ids(), weights), sigma, clipped);
        }
    }

    private double sigma(Tensor train, Tensor deployed) {
        Double given = config.sigma();
        double sigma = given != null ? given : config.bandwidth().of(torch.cat(new TensorVector(train, deployed), 0));
        if (!(sigma > 0)) {
            throw new ShiftException("the width of the kernel is " + sigma
                    + ": all rows are alike, or nearly; add features, or give sigma");
        }
        return sigma;
    }

    private Tensor ratio(Tensor train, Tensor deployed, double sigma, Seed seed) {
        return switch (config.estimator()) {
            case KMM -> matched(train, deployed, sigma);
            case ULSIF ->
                RelativeRatio.fit(train, deployed, centers(deployed, seed), sigma, 0, config.ridge())
                        .at(train);
            case RULSIF ->
                RelativeRatio.fit(train, deployed, centers(deployed, seed), sigma, config.relative(), config.ridge())
                        .at(train);
            case KLIEP ->
                Kliep.fit(train, deployed, centers(deployed, seed), sigma).at(train);
            case LOGISTIC -> LogisticRatio.fit(train, deployed, config.ridge()).at(train);
        };
    }

    private Tensor matched(Tensor train, Tensor deployed, double sigma) {
        if (train.size(0) + deployed.size(0) > FITS) {
            throw new ShiftException("kmm holds the kernel of all rows, and there are more than " + FITS
                    + "; double_weighting with d: 1 does the same through random features");
        }
        return DoubleWeights.of(train, deployed, sigma, new DoubleWeights.Limits(1, config.b(), Double.NaN))
                .beta();
    }

    private Tensor centers(Tensor deployed, Seed seed) {
        long t = deployed.size(0);
        if (t <= config.centers()) {
            return deployed;
        }
        int[] order = seed.child("centers").permutation(Math.toIntExact(t));
        return deployed.index_select(
                0,
                Tensors.longs(Arrays.stream(order)
                        .limit(config.centers())
                        .asLongStream()
                        .toArray()));
    }

    @Override
    public List<String> columns(Side side) {
        return side == Side.SOURCE ? List.of(WEIGHT) : List.of();
    }

    @Override
    public Weights apply(Fit fitted, Side side, Chunk rows) {
        double[] each = new double[rows.size()];
        double[] none = new double[rows.size()];
        Arrays.fill(each, 1);
        if (side == Side.TARGET) {
            return new Weights(Map.of(), null, new Weights.Compared(none, none, each, each));
        }
        double[] weights = new double[rows.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = fitted.weights.at(rows.ids()[i]);
        }
        return new Weights(Map.of(WEIGHT, weights), null, new Weights.Compared(each, weights, none, none));
    }

    @Override
    public Map<String, Tensor> state(Fit fitted) {
        return Map.of("weights", Tensors.doubles(fitted.weights.values()));
    }

    @Override
    public Findings findings(Fit fitted) {
        WeightHistogram spread = WeightHistogram.of(fitted.weights.values());
        Map<String, Double> figures = new LinkedHashMap<>();
        if (!Double.isNaN(fitted.sigma)) {
            figures.put("width of the kernel", fitted.sigma);
        }
        figures.put("effective training rows", spread.effective());
        figures.put("weights that were clipped", (double) fitted.clipped);
        var warnings = new ArrayList<String>();
        if (spread.sum() == 0) {
            warnings.add("All weights are 0: the tables do not overlap.");
        }
        return new Findings(
                "Training rows are weighted by the density of the deployment (numerator) over theirs, by "
                        + config.estimator().name().toLowerCase(Locale.ROOT)
                        + (Double.isNaN(fitted.sigma) ? "." : "; kernel exp(-|x - x'|^2 / (2 sigma^2))."),
                figures,
                List.of(),
                List.of(),
                warnings,
                List.of());
    }
}
