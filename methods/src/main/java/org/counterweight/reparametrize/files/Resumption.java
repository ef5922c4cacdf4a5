package org.counterweight.reparametrize.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.Latent;
import org.counterweight.reparametrize.MeanOnly;
import org.counterweight.reparametrize.Reparametrized;
import org.jspecify.annotations.Nullable;

/**
 * Training that goes on from what weights are made of in a file. Their function alone would not do: the length of v tells how far
 * a step turns it, and a latent weight where it stands on its curve.
 */
public record Resumption(StateDict state, Model model) {
    /**
     * Fills the latent tensors of a model in place, where the file's are of the same kind and the weight is still the file's: a
     * head that was drawn anew is not.
     *
     * @param plain the weights as the run begins with them
     * @param attached the same through latent tensors
     * @return the full names of the weights that go on
     */
    public List<String> into(Map<String, Tensor> plain, Params attached) {
        var found = new ArrayList<String>();
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Architectures.fit(model, state.latents()).byName().forEach((name, stored) -> {
                Reparametrized placed =
                        Reparametrized.of(attached.parametrizations().get(name));
                if (placed != null
                        && isOf(stored, plain.get(name))
                        && placed.latent().take(stored)) {
                    found.add(name);
                    takeMean(placed.centred(), attached);
                }
            });
        }
        return found;
    }

    private boolean isOf(Latent stored, @Nullable Tensor weight) {
        return weight != null
                && Tensors.to(state.folded(stored).to(ScalarType.Float), weight.device())
                        .equal(weight.detach());
    }

    /** The running mean, and the bias before it was taken from that. */
    private void takeMean(@Nullable MeanOnly centred, Params attached) {
        if (centred == null) {
            return;
        }
        String bias = centred.module() + ".bias";
        Tensor running = state.find(centred.module() + StateDict.RUNNING);
        Tensor stored = state.find(bias);
        Tensor trained = attached.weights().get(bias);
        if (running != null && stored != null && trained != null) {
            centred.running().copy_(running);
            trained.copy_(stored);
        }
    }
}
