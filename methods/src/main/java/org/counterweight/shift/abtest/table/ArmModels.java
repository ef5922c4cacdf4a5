package org.counterweight.shift.abtest.table;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Gathered;
import org.counterweight.shift.Role;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Source;
import org.counterweight.shift.abtest.WeightModel;
import org.counterweight.shift.solve.Cholesky;
import org.counterweight.train.optimize.Adam;

/** Weight models fitted to a table. */
final class ArmModels {
    private static final long MOST_BYTES = 3L << 29; // 1.5 GiB of float32
    private static final int MOST_PASSES = 30;
    private static final double TOLERANCE = 1e-10;

    private ArmModels() {}

    static ArmModel fit(AbWeightedConfig config, Source source, ArmInputs inputs, Seed seed) {
        return config.weightModel() == AbWeightedConfig.Kind.NETWORK
                ? network(config, source, inputs, seed)
                : logistic(config, source, inputs);
    }

    private static int width(AbWeightedConfig config, Source source) {
        boolean outcomes = config.weightInputs() == AbWeightedConfig.Inputs.XY;
        return source.features().size() + (outcomes ? source.outcomes().size() : 0);
    }

    private static ArmModel network(AbWeightedConfig config, Source source, ArmInputs inputs, Seed seed) {
        long bytes = 4L * width(config, source) * source.rows();
        if (bytes > MOST_BYTES) {
            throw new ShiftException(source.rows() + " rows of " + width(config, source)
                    + " numbers need " + (bytes >> 20)
                    + " MB for the network, which draws its batches from all of them;"
                    + " weight_model: logistic needs none for the rows");
        }
        try (var scope = Scope.open()) {
            Gathered all = Gathered.of(source, ScalarType.Float);
            Tensor x = inputs.of(all.features(), all.outcomes());
            Tensor z = Tensors.doubles(all.values(Role.ARM)).to(ScalarType.Float);
            int[] learnt = IntStream.range(0, all.size())
                    .filter(i -> !inputs.isHeldOut(all.ids()[i]))
                    .toArray();
            boolean random = config.initBias() == AbWeightedConfig.Start.RANDOM;
            Map<String, Tensor> start = WeightModel.start(
                    x.size(1), config.hidden(), config.p(), random, ScalarType.Float, seed.child("start"));
            try (var model = new WeightModel(start, new Adam(0.9, 0.999, 1e-8, false), config.lr())) {
                for (int epoch = 0; epoch < config.epochs(); epoch++) {
                    int[] order = seed.child("epochs").child(epoch).permutation(learnt.length);
                    for (int from = 0; from < order.length; from += config.batchSize()) {
                        step(model, x, z, learnt, order, from, Math.min(order.length, from + config.batchSize()));
                    }
                }
                return ArmModel.Network.of(model);
            }
        }
    }

    private static void step(WeightModel model, Tensor x, Tensor z, int[] learnt, int[] order, int from, int to) {
        try (var scope = Scope.open()) {
            Tensor rows = Tensors.longs(
                    IntStream.range(from, to).mapToLong(i -> learnt[order[i]]).toArray());
            model.step(x.index_select(0, rows), z.index_select(0, rows), (name, gradient) -> {});
        }
    }

    /** Newton's method; a pass over the table a step, halved where a step does not help. */
    private static ArmModel logistic(AbWeightedConfig config, Source source, ArmInputs inputs) {
        double[] theta = new double[width(config, source) + 1];
        theta[theta.length - 1] = Math.log(config.p() / (1 - config.p()));
        LogisticSums.Sum at = source.fold(new LogisticSums(theta, inputs));
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            double[] step = step(at, theta, config.ridge());
            double decrement = 0;
            double[] gradient = gradient(at, theta, config.ridge());
            for (int i = 0; i < step.length; i++) {
                decrement -= gradient[i] * step[i];
            }
            if (decrement < TOLERANCE) {
                break;
            }
            double before = value(at, theta, config.ridge());
            double length = 1;
            double[] next = moved(theta, step, length);
            LogisticSums.Sum found = source.fold(new LogisticSums(next, inputs));
            while (!(value(found, next, config.ridge()) <= before) && length > 1e-4) {
                length /= 2;
                next = moved(theta, step, length);
                found = source.fold(new LogisticSums(next, inputs));
            }
            theta = next;
            at = found;
        }
        return new ArmModel.Logistic(theta);
    }

    private static double[] moved(double[] theta, double[] step, double length) {
        double[] moved = theta.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += length * step[i];
        }
        return moved;
    }

    private static double value(LogisticSums.Sum at, double[] theta, double ridge) {
        double squares =
                Arrays.stream(theta, 0, theta.length - 1).map(t -> t * t).sum();
        return at.value() / at.rows() + ridge / 2 * squares;
    }

    private static double[] gradient(LogisticSums.Sum at, double[] theta, double ridge) {
        double[] gradient = at.gradient().clone();
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = gradient[i] / at.rows() + (i < gradient.length - 1 ? ridge * theta[i] : 0);
        }
        return gradient;
    }

    private static double[] step(LogisticSums.Sum at, double[] theta, double ridge) {
        try (var scope = Scope.open()) {
            int n = theta.length;
            Tensor hessian = Tensors.times(Tensors.doubles(at.hessian(), n, n), 1 / at.rows());
            Tensor penalty = torch.full(new long[] {n}, Tensors.scalar(ridge), hessian.options());
            Tensors.slice(penalty, 0, n - 1, n).zero_();
            hessian.diagonal().add_(penalty);
            Tensor right = Tensors.doubles(gradient(at, theta, ridge)).neg();
            return Tensors.toDoubles(Cholesky.of(hessian).solve(right));
        }
    }
}
