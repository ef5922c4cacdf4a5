package org.counterweight.merge.method;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Agreement;
import org.counterweight.merge.thin.Draws;
import org.counterweight.weights.Combiner;

/**
 * A merge method on tensors in memory: the blocks, the arithmetic and the draws of a merge of files, computed on the processor
 * in float64 with one rounding to the type of the first tensor. The base, where there is one, is the first tensor. Of what is
 * thinned by magnitude one element is kept at least.
 *
 * @param layers how many layers the models have
 * @param seed of what chance decides
 */
public record BlockCombiner(MergeConfig settings, int layers, long seed) implements Combiner {
    @Override
    public Tensor combine(String name, List<Tensor> tensors) {
        Agreement.sameShapes(name, tensors);
        Models models = Models.of(label(), settings.getClass());
        int base = models.base(tensors.size());
        models.check(tensors.size() - (base < 0 ? 0 : 1));
        var site = new MergeSite(
                name,
                Tensors.shape(tensors.get(0)),
                tensors.size(),
                base,
                layers,
                null,
                1, // of a small tensor a small share would be none
                model -> Draws.of(seed, base < 0 ? model : model - 1, name)); // files count models without the base
        try (var scope = Scope.open()) {
            return scope.keep(TensorBlocks.merged(settings.merge(site), tensors));
        }
    }

    private String label() {
        return Catalogue.nameOf(settings.getClass());
    }
}
