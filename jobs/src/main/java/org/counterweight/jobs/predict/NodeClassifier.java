package org.counterweight.jobs.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.GraphFacts;
import org.counterweight.data.graph.GraphForm;
import org.counterweight.data.graph.NodeRows;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.Described;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/** A trained model that tells the classes of a graph's nodes: {@code id}, {@code label}, and the label's probability. */
record NodeClassifier(Asked asked) implements Scoring {
    @Override
    public List<ObjectNode> answers(Questions questions) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(asked.directory())) {
            AdaptedModel adapted = AdaptedModel.of(files, asked.adapter());
            NodeRows rows = nodes(adapted, questions);
            var begun = new ArrayList<ObjectNode>();
            rows.ids().forEach(id -> begun.add(Configs.JSON.createObjectNode().put("id", id)));
            return Answers.of(adapted.config(), logits(adapted, rows), null, begun);
        }
    }

    @Override
    public Tensor logits(AdaptedModel adapted, Questions questions) {
        return logits(adapted, nodes(adapted, questions));
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
