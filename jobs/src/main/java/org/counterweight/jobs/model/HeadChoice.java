package org.counterweight.jobs.model;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.model.Model;
import tools.jackson.databind.node.ObjectNode;

/** Which head a task asks of a model, and what of the model it trains whole. */
public interface HeadChoice {
    /**
     * The model with the head for the task.
     *
     * @param origin the model's directory, for messages
     * @param base its {@code config.json}
     */
    ModelDescription describe(Path origin, ObjectNode base, List<String> labels);

    /** The modules that are trained whole, whatever the adapter. */
    List<String> heads(Model model);
}
