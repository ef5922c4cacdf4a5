package org.counterweight.reweigh.group;

import static org.counterweight.engine.Tensors.scalar;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;

/**
 * Group distributionally robust optimisation: q_g ← q_g exp(η L_g) / Z with L_g the group's mean loss in the batch, and each
 * row weighs q_g over the number of its group's rows. S. Sagawa et al., "Distributionally Robust Neural Networks for Group
 * Shifts", ICLR 2020, algorithm 1.
 */
public final class GroupDro implements Weigher, Remembering {
    private final GroupDroConfig config;
    private double[] q;

    public GroupDro(GroupDroConfig config) {
        this.config = config;
        this.q = new double[config.groups()];
        java.util.Arrays.fill(q, 1.0 / q.length);
    }

    /**
     * q after one update.
     *
     * @param q {@code [G]}, sum 1
     * @param losses {@code [G]}; 0 for groups that the batch lacks, whose weight then only shares in the normalisation
     */
    public static Tensor update(Tensor q, Tensor losses, double eta) {
        return torch.softmax(q.log().add(losses, scalar(eta)), 0);
    }

    @Override
    public Tensor weights(Rows rows) {
        Groups groups = Groups.of(rows, config.column(), q.length, "group_dro");
        Tensor means = groups.means(rows.losses()).to(ScalarType.Double).cpu();
        Tensor updated = update(Tensors.doubles(q), means, config.eta());
        q = Tensors.toDoubles(updated);
        return groups.spread(updated.to(rows.losses().scalar_type()));
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of("q", Tensors.doubles(q));
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var scope = Scope.open()) {
            q = Tensors.toDoubles(Remembering.required(state, "q"));
        }
    }
}
