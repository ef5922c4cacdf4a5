package org.counterweight.jobs.predict;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.GraphFacts;
import org.counterweight.data.graph.GraphForm;
import org.counterweight.data.graph.NodeRows;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.Described;
import tools.jackson.databind.node.ObjectNode;

/** A trained model that tells the classes of a graph's nodes: {@code id}, {@code label}, and the label's probability. */
public record NodeClassifier(Asked asked) implements Scoring {
    @Override
    public Scored scored(AdaptedModel adapted, Questions questions) {
        NodeRows rows = nodes(adapted, questions);
        List<ObjectNode> begun = rows.ids().stream()
                .map(id -> Configs.JSON.createObjectNode().put("id", id))
                .toList();
        return new Scored(logits(adapted, rows), null, begun);
    }

    private Tensor logits(AdaptedModel adapted, NodeRows rows) {
        return TextClassifier.logits(
                asked.directory(),
                adapted.model(),
                adapted.computed(),
                rows,
                Described.labels(adapted.config()).size());
    }

    private NodeRows nodes(AdaptedModel adapted, Questions questions) {
        GraphForm form = GraphForm.beside(asked.directory());
        if (form == null) {
            throw new ConfigException(asked.directory() + ": has no " + GraphForm.FILE
                    + ", which says how graphs become what the model sees; copy it from where the model was trained");
        }
        Graph graph = form.read(questions.graph(), Described.labels(adapted.config()));
        asked.remarks().accept(questions.graph() + ": " + GraphFacts.of(graph).line());
        return NodeRows.of(
                graph,
                Tensors.longs(IntStream.range(0, graph.size()).asLongStream().toArray()));
    }
}
