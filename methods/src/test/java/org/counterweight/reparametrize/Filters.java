package org.counterweight.reparametrize;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.module.Modules;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Shapes;

/**
 * Convolutions over sequences, images or volumes, which images of 36 numbers are taken for: one, another in two groups, and a
 * transposed one, of whose channels the means are the scores.
 */
public record Filters(int dims) implements Model {
    private static final long[][] SIZES = {{36}, {6, 6}, {4, 3, 3}};
    private static final Convolution OPENING = Convolution.of(1, 1);
    private static final Convolution GROUPED = Convolution.of(1, 2).dilated(2).grouped(2);
    private static final Convolution WIDENING = Convolution.transposed(2, 1, 1);

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Tensor images = batch.get(Batch.PIXEL_VALUES);
        long[] sizes = SIZES[dims - 1];
        Tensor x = images.reshape(LongStream.concat(LongStream.of(images.size(0), 1), Arrays.stream(sizes))
                .toArray());
        Tensor y = torch.tanh(params.conv("opening", x, OPENING, pass));
        Tensor z = torch.tanh(params.conv("grouped", y, GROUPED, pass));
        Tensor wide = params.conv("widening", z, WIDENING, pass);
        return new Output(Tensors.mean(wide.flatten(2, -1), false, 2), z);
    }

    private Shapes collected() {
        return new Shapes()
                .module(new ModuleSpec("opening", Kind.CONVOLUTION), kernel(4, 1))
                .put("opening.bias", 4)
                .module(new ModuleSpec("grouped", Kind.CONVOLUTION), kernel(4, 2))
                .put("grouped.bias", 4)
                .module(new ModuleSpec("widening", Kind.TRANSPOSED_CONVOLUTION).inFirst(), kernel(4, 3))
                .put("widening.bias", 3);
    }

    private long[] kernel(long first, long second) {
        long[] shape = new long[dims + 2];
        Arrays.fill(shape, 3);
        shape[0] = first;
        shape[1] = second;
        return shape;
    }

    @Override
    public Map<String, long[]> shapes() {
        return collected().byName();
    }

    @Override
    public Modules modules() {
        return collected().modules();
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.each(shapes(), (name, shape) -> Initial.normal(shape, 0.5, random));
    }
}
