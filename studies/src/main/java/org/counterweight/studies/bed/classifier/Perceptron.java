package org.counterweight.studies.bed.classifier;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.relu;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;

/**
 * Linear layers {@code 0}, {@code 1}, … with ReLU between them: the small model of the studies. With two widths it is one
 * linear map.
 *
 * <p>Batch: {@link Batch#PIXEL_VALUES}, {@code [rows, widths(0)]}. Points: each layer but the last, before its ReLU.
 *
 * @param widths of the input, of each hidden layer, of the output
 */
public record Perceptron(List<Long> widths) implements Model {
    public Perceptron {
        widths = List.copyOf(widths);
    }

    private int layers() {
        return widths.size() - 1;
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Tensor x = batch.get(Batch.PIXEL_VALUES);
        for (int i = 0; i < layers() - 1; i++) {
            String layer = String.valueOf(i);
            x = relu(params.tap(layer, x, params.linear(layer, x, pass), pass));
        }
        return head(params, x, pass);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return new Output(params.linear(String.valueOf(layers() - 1), features, pass), features);
    }

    @Override
    public Map<String, long[]> shapes() {
        var shapes = new LinkedHashMap<String, long[]>();
        for (int i = 0; i < layers(); i++) {
            shapes.put(i + ".weight", new long[] {widths.get(i + 1), widths.get(i)});
            shapes.put(i + ".bias", new long[] {widths.get(i + 1)});
        }
        return shapes;
    }

    /** As {@code torch.nn.Linear} starts: uniform in ±1/sqrt(in). */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        var weights = new LinkedHashMap<String, Tensor>();
        shapes().forEach((name, shape) -> {
            double bound = 1 / Math.sqrt(widths.get(Integer.parseInt(name.substring(0, name.indexOf('.')))));
            weights.put(name, empty(shape).uniform_(-bound, bound, Tensors.optional(random)));
        });
        return weights;
    }

    @Override
    public Modules modules() {
        return Modules.ofLinears(
                IntStream.range(0, layers()).mapToObj(String::valueOf).toList());
    }

    @Override
    public List<String> points() {
        return modules().linears().subList(0, layers() - 1);
    }
}
