package org.counterweight.graph.domain;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.domain.adversary.Losses;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.graph.GraphBatch;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.event.Moment;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;

/**
 * The loss of the source's classes with what an {@link Alignment} adds to it. Evaluations, which belong to no step, see the
 * classes alone.
 *
 * @param classWeights by which classes count in training, {@code [C]}, as they are at present
 * @param path of the weights that are trained beside the model's
 * @param seed the run's
 */
public record DomainObjective(
        Alignment alignment, Domains domains, int epochs, Supplier<Tensor> classWeights, String path, Seed seed)
        implements Objective {
    private static final CrossEntropy CLASSES = new CrossEntropy(0);

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        return CLASSES.losses(model, params, batch, pass);
    }

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass, Moment at) {
        GraphNetwork network = (GraphNetwork) model;
        Seed own = seed.child(at.step());
        if (alignment.mixes()) {
            return mixed(network, params, batch, pass, own.child("mixup"));
        }
        Tensor all = network.embeddings(params, batch, pass);
        Tensor rows = GraphNetwork.rows(all, batch);
        Tensor logits = network.head(params, rows, pass).logits();
        Losses losses = weighed(CLASSES.of(logits, batch.labels()), batch.labels());
        if (!alignment.looksAtTarget()) {
            return losses;
        }
        boolean isSampled = GraphBatch.isSampled(batch);
        Tensor source = isSampled ? rows : all.index_select(0, domains.source().nodes());
        Batch other = domains.target().step(batch.rows(), own.child("target"));
        Tensor target = GraphNetwork.rows(network.embeddings(params, other, pass), other);
        var step = new Alignment.Step(params.at(path), at.epoch(), epochs, own.child("alignment"));
        Tensor gap = alignment.gap(
                new Alignment.Sight(
                        source,
                        isSampled ? logits : network.head(params, source, pass).logits()),
                new Alignment.Sight(target, network.head(params, target, pass).logits()),
                step);
        return gap == null ? losses : losses.with(gap);
    }

    private Losses mixed(GraphNetwork network, Params params, Batch batch, Pass pass, Seed own) {
        Tensor nodes = batch.get(GraphBatch.NODE);
        long size = batch.get(GraphBatch.FEATURES).size(0);
        NodeMixup mix = NodeMixup.draw(own, nodes, size);
        Tensor labels = torch.full(new long[] {size}, new Scalar(Graph.UNLABELLED), Tensors.options(nodes))
                .index_copy(0, nodes, batch.labels());
        Tensor logits = mix.logits(network, params, batch, pass);
        Tensor rows = logits.index_select(0, nodes);
        Losses plain = CLASSES.of(rows, batch.labels());
        Tensor perRow = mix.loss(rows, labels, (of, told) -> {
            Tensor wanted = told.index_select(0, nodes);
            return weighed(CLASSES.of(of, wanted), wanted).perRow();
        });
        return new Losses(perRow, plain.units(), plain.logits());
    }

    private Losses weighed(Losses losses, Tensor labels) {
        Tensor each = Tensors.as(classWeights.get(), losses.perRow()).index_select(0, labels.clamp_min(new Scalar(0L)));
        return new Losses(losses.perRow().mul(each), losses.units(), losses.logits());
    }
}
