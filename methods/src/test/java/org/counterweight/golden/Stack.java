package org.counterweight.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Convolutions and linear layers one after the other, with a (leaky) ReLU between them; named by their numbers. */
record Stack(List<Layer> layers, double slope) implements Model {
    /** One layer; a linear one has no kernel. */
    record Layer(boolean isLinear, long in, long out, long kernel, long stride, long padding) {}

    static Stack of(ObjectNode params) {
        var layers = new ArrayList<Layer>();
        for (JsonNode layer : params.required("layers")) {
            layers.add(new Layer(
                    layer.required("layer").asString().equals("linear"),
                    layer.required("in").asLong(),
                    layer.required("out").asLong(),
                    layer.path("k").asLong(1),
                    layer.path("stride").asLong(1),
                    layer.path("padding").asLong(0)));
        }
        boolean isLeaky = params.path("activation").asString("relu").equals("leaky_relu");
        return new Stack(layers, isLeaky ? params.required("negative_slope").asDouble() : 0);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Tensor x = batch.get(Batch.PIXEL_VALUES);
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            if (i > 0) {
                x = torch.leaky_relu(x, Tensors.scalar(slope));
            }
            x = layer.isLinear()
                    ? params.linear(String.valueOf(i), x.dim() > 2 ? x.flatten(1, -1) : x, pass)
                    : params.conv(String.valueOf(i), x, Convolution.of(layer.stride(), layer.padding()), pass);
        }
        return new Output(x, x);
    }

    @Override
    public Map<String, long[]> shapes() {
        var shapes = new LinkedHashMap<String, long[]>();
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            shapes.put(
                    i + ".weight",
                    layer.isLinear()
                            ? new long[] {layer.out(), layer.in()}
                            : new long[] {layer.out(), layer.in(), layer.kernel(), layer.kernel()});
            shapes.put(i + ".bias", new long[] {layer.out()});
        }
        return shapes;
    }

    @Override
    public Modules modules() {
        var modules = new ArrayList<ModuleSpec>();
        for (int i = 0; i < layers.size(); i++) {
            modules.add(new ModuleSpec(String.valueOf(i), layers.get(i).isLinear() ? Kind.LINEAR : Kind.CONVOLUTION));
        }
        return Modules.of(modules);
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        throw new UnsupportedOperationException("a golden case brings its weights");
    }
}
