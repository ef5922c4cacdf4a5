package org.counterweight.distill.run;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.baseline.Representatives;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.settings.Start;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.GreedyMean;
import org.jspecify.annotations.Nullable;

/**
 * What images begin as, class by class.
 *
 * @param names of the classes
 * @param expert θ of a trained network, {@code [P]}, of whose answers and features images are chosen; null if there is none
 */
record FirstImages(
        FlatModel model,
        RealImages real,
        List<String> names,
        int ipc,
        @Nullable Tensor expert,
        Seed seed) {

    /** Of the settings: learnt images at their start, or those that are chosen from the real ones. */
    Tensor of(DistillConfig config) {
        return switch (config.method()) {
            case RANDOM -> random();
            case HERDING -> herded();
            case REPRESENTATIVE -> representative();
            case AST, MTT, TESLA, DM, DC -> of(config.init());
        };
    }

    private Tensor of(Start init) {
        return switch (init) {
            case REAL -> random();
            case REPRESENTATIVE -> expert == null ? nearestPixels() : representative();
            case NOISE -> noise();
        };
    }

    private Tensor random() {
        return chosen(c -> real.draw(c, ipc, seed.child(c)));
    }

    private Tensor representative() {
        return chosen(c -> {
            int[] rows = real.byClass().get(c);
            Tensor logits = torch.cat(
                    Chunks.of(
                            rows,
                            part -> model.output(trained(), real.select(part)).logits()),
                    0);
            return at(rows, Representatives.choose(names.get(c), logits, ipc, seed.child(c)));
        });
    }

    private Tensor herded() {
        return chosen(c -> {
            int[] rows = real.byClass().get(c);
            Tensor features = torch.cat(
                    Chunks.of(
                            rows,
                            part -> model.output(trained(), real.select(part))
                                    .features()
                                    .flatten(1, -1)),
                    0);
            return at(rows, GreedyMean.choose(features, ipc));
        });
    }

    /** Without a trained network: those nearest to the centres of the pixels. */
    private Tensor nearestPixels() {
        return chosen(c -> {
            int[] rows = real.byClass().get(c);
            Tensor pixels = real.select(rows).flatten(1, -1);
            return at(rows, Representatives.choose(names.get(c), pixels, ipc, seed.child(c)));
        });
    }

    private Tensor trained() {
        if (expert == null) {
            throw new IllegalStateException("images are chosen by a trained network, and there is none");
        }
        return expert;
    }

    private Tensor noise() {
        long[] shape = Tensors.shape(real.images());
        shape[0] = (long) real.classes() * ipc;
        try (var scope = Scope.open()) {
            return scope.keep(torch.zeros(shape, Tensors.options(real.images()))
                    .normal_(0, 1, Tensors.optional(seed.generator())));
        }
    }

    /** Chooses the numbers of a class's images. */
    private interface Choice {
        int[] of(int label);
    }

    private Tensor chosen(Choice choice) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            int[] rows = IntStream.range(0, real.classes())
                    .flatMap(c -> {
                        int there = real.byClass().get(c).length;
                        if (there < ipc) {
                            throw new ConfigException(
                                    "distill.ipc: " + ipc + " images a class, and class " + names.get(c) + " has "
                                            + there + " to begin with; lower ipc, or take init: noise");
                        }
                        return Arrays.stream(choice.of(c));
                    })
                    .toArray();
            return scope.keep(real.select(rows));
        }
    }

    private static int[] at(int[] rows, long... places) {
        return Arrays.stream(places).mapToInt(place -> rows[(int) place]).toArray();
    }
}
