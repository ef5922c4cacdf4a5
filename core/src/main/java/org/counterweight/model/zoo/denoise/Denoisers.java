package org.counterweight.model.zoo.denoise;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Shapes;

/** Initial weights of denoising networks. */
final class Denoisers {
    private static final double DEVIATION = 0.02; // of a table of classes

    private Denoisers() {}

    /**
     * PyTorch's rule, tables of classes normal with a deviation of 0.02, and modules of zeros.
     *
     * @param zero whether a module of that name starts at zero
     */
    static Map<String, Tensor> initial(Shapes shapes, Predicate<String> zero, Generator random) {
        var all = new LinkedHashMap<>(Initial.pytorch(shapes, random));
        all.replaceAll((name, tensor) ->
                zero.test(name.substring(0, name.lastIndexOf('.'))) ? Tensors.zeros(Tensors.shape(tensor)) : tensor);
        for (String table : shapes.modules().of(ModuleSpec.Kind.EMBEDDING)) {
            all.computeIfPresent(
                    table + ".weight", (name, tensor) -> Initial.normal(Tensors.shape(tensor), DEVIATION, random));
        }
        return all;
    }
}
