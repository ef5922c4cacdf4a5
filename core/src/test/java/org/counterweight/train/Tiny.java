package org.counterweight.train;

import static org.counterweight.engine.Tensors.linear;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;

/** A two-layer classifier with dropout, and rows that it can learn: small, but a real model. */
record Tiny(long in, long hidden, long classes, double dropout) implements Model {
    static Tiny model() {
        return new Tiny(4, 8, 3, 0.1);
    }

    @Override
    public Output forward(Params params, Batch batch, Pass pass) {
        Tensor h = linear(batch.get("x"), params.weight("first.weight"), params.weight("first.bias"))
                .tanh();
        Tensor logits = params.linear("last", pass.dropout(h, dropout), pass);
        return new Output(logits, h);
    }

    @Override
    public Map<String, long[]> shapes() {
        var shapes = new LinkedHashMap<String, long[]>();
        shapes.put("first.weight", new long[] {hidden, in});
        shapes.put("first.bias", new long[] {hidden});
        shapes.put("last.weight", new long[] {classes, hidden});
        shapes.put("last.bias", new long[] {classes});
        return shapes;
    }

    @Override
    public Map<String, Tensor> initialize(Generator random) {
        var weights = new LinkedHashMap<String, Tensor>();
        shapes().forEach((name, shape) ->
                weights.put(name, torch.empty(shape).uniform_(-0.5, 0.5, Tensors.optional(random))));
        return weights;
    }

    @Override
    public Modules modules() {
        return Modules.ofLinears(List.of("last"));
    }

    /** Fresh weights, all to be trained. */
    Params params(long seed) {
        Map<String, Tensor> weights = initialize(new Seed(seed).generator());
        weights.values().forEach(weight -> weight.requires_grad_(true));
        return Params.of(weights);
    }

    /** Rows whose class is the place of the largest of the first inputs. */
    List<Batch> batches(long seed, int count, long rows) {
        var batches = new ArrayList<Batch>();
        Generator random = new Seed(seed).child("rows").generator();
        for (int i = 0; i < count; i++) {
            Tensor x = torch.empty(rows, in).normal_(0, 1, Tensors.optional(random));
            Tensor labels = Tensors.slice(x, 1, 0, classes).argmax(new org.bytedeco.pytorch.LongOptional(1), false);
            batches.add(new Batch(Map.of("x", x, Batch.LABELS, labels)));
        }
        return batches;
    }
}
