package org.counterweight.golden;

import static org.counterweight.engine.Tensors.layerNorm;

import java.util.LinkedHashMap;
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
import org.counterweight.model.module.Modules;

/**
 * The small nets of the golden cases.
 *
 * @param shapes of its weights, which say which of the two it is
 */
record TanhNet(Map<String, long[]> shapes, double layerNormEps) implements Model {
    static TanhNet of(Map<String, Tensor> weights, double layerNormEps) {
        var shapes = new LinkedHashMap<String, long[]>();
        weights.forEach((name, tensor) -> shapes.put(name, Tensors.shape(tensor)));
        return new TanhNet(shapes, layerNormEps);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        Tensor x = batch.get("x");
        if (shapes.containsKey("fc2.weight")) {
            Tensor hidden = params.linear("fc1", x, pass).tanh();
            return new Output(params.linear("fc2", hidden, pass), hidden);
        }
        Tensor h = torch.relu(params.linear("fc1", x, pass));
        h = layerNorm(h, params.weight("norm.weight"), params.weight("norm.bias"), layerNormEps);
        Tensor hidden = params.linear("classifier.dense", h, pass).tanh();
        return new Output(params.linear("classifier.out_proj", hidden, pass), hidden);
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        throw new UnsupportedOperationException("a golden case brings its weights");
    }

    @Override
    public Modules modules() {
        return Modules.ofLinears(shapes.keySet().stream()
                .filter(name -> name.endsWith(".weight") && shapes.get(name).length == 2)
                .map(name -> name.substring(0, name.length() - ".weight".length()))
                .toList());
    }
}
