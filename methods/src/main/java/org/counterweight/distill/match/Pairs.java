package org.counterweight.distill.match;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.siamese.Siamese;
import org.counterweight.distill.siamese.Transform;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/** Real images of each class beside the synthetic ones, both changed by the same draw. */
record Pairs(List<Tensor> real, List<Tensor> synthetic) {
    /** @param images {@code [classes · ipc, …]}, those of a class together */
    static Pairs of(DistillConfig config, RealImages real, Tensor images, Seed seed) {
        var reals = new ArrayList<Tensor>();
        var synthetics = new ArrayList<Tensor>();
        for (int c = 0; c < real.classes(); c++) {
            Tensor drawn = real.select(
                    real.draw(c, config.batchReal(), seed.child("real").child(c)));
            Transform change = config.dsa()
                    .draw(
                            Tensors.shape(drawn),
                            Siamese.Sharing.ALL,
                            seed.child("dsa").child(c));
            long first = (long) c * config.ipc();
            reals.add(change.apply(drawn));
            synthetics.add(change.apply(Tensors.slice(images, 0, first, first + config.ipc())));
        }
        return new Pairs(reals, synthetics);
    }
}
