package org.counterweight.model.zoo.image;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.ShapedModel;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.zoo.family.Family;

/**
 * Linear layers with an activation between them: {@code layers.0}, {@code layers.1}, …; the last gives the classes.
 *
 * <p>Batch: {@code pixel_values}, {@code [rows, …]}, flattened to {@code [rows, inputs]}, or {@code inputs} of that shape. Points: {@code layers.N}, what
 * layer N gives after its activation, made of what it was given.
 *
 * @param hidden the widths between; may be empty
 */
public record Mlp(int inputs, List<Integer> hidden, int classes, Activation activation, double dropout)
        implements ShapedModel {

    public Mlp {
        hidden = List.copyOf(hidden);
        if (inputs < 1 || classes < 1 || hidden.stream().anyMatch(width -> width < 1)) {
            throw new ConfigException(
                    "mlp: every width must be at least 1: " + inputs + ", " + hidden + ", " + classes);
        }
    }

    public static final Family FAMILY = Family.own("mlp", Mlp::of);

    private static Mlp of(ConfigJson config) {
        return new Mlp(
                config.count("inputs"),
                config.counts("hidden_sizes", List.of(100)),
                config.classes(),
                Activation.named(config.text("hidden_act", "relu"), "hidden_act"),
                config.probability("dropout", 0));
    }

    @Override
    public Output forward(Params params, Batch batch, Pass how) {
        Pass pass = how.over(batch);
        Pass.Resumed known = pass.resumed();
        Tensor x = known == null ? inputs(batch) : pass.dropout(known.activation(), dropout);
        for (int i = known == null ? 0 : known.next(points()); i < hidden.size(); i++) {
            String layer = "layers." + i;
            Tensor y = activation.apply(params.linear(layer, x, pass));
            x = pass.dropout(params.tap(layer, x, y, pass), dropout);
        }
        return head(params, x, pass);
    }

    private static Tensor inputs(Batch batch) {
        Tensor pixels = batch.find(Batch.PIXEL_VALUES);
        return pixels == null ? batch.get(Batch.INPUTS) : pixels.flatten(1, -1);
    }

    @Override
    public Output head(Params params, Tensor features, Pass pass) {
        return new Output(params.linear("layers." + hidden.size(), features, pass), features);
    }

    @Override
    public Mlp withClasses(int number) {
        return new Mlp(inputs, hidden, number, activation, dropout);
    }

    @Override
    public Shapes layout() {
        var shapes = new Shapes();
        int in = inputs;
        for (int i = 0; i < hidden.size(); i++) {
            shapes.linear("layers." + i, hidden.get(i), in, true);
            in = hidden.get(i);
        }
        return shapes.head("layers." + hidden.size(), classes, in, true);
    }

    @Override
    public List<String> points() {
        return modules().linears().subList(0, hidden.size());
    }

    /** As PyTorch's Linear. */
    @Override
    public Map<String, Tensor> initialize(Generator random) {
        return Initial.pytorch(layout(), random);
    }
}
