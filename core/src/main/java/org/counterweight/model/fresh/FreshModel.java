package org.counterweight.model.fresh;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The sizes of a model that begins with random weights: in a recipe {@code model.architecture}, by the names that
 * {@link FreshModels} lists.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public interface FreshModel {
    /** The {@code model_type} of its {@code config.json}. */
    String type();

    /** Whether a row must be an image, {@code [channels, height, width]}. */
    boolean needsImages();

    /** Whether a row must be a node of a graph. */
    default boolean needsGraph() {
        return false;
    }

    /** Whether it separates noise from data, which is learnt by {@code task: diffusion} alone. */
    default boolean tellsNoise() {
        return false;
    }

    /** Whether it normalises by all rows of a batch. */
    default boolean looksAcrossRows() {
        return false;
    }

    /**
     * The {@code config.json} of the model for rows of that shape; of classes it says nothing yet.
     *
     * @param shape of one row: {@code [channels, height, width]} of an image, {@code [width]} of a table's
     *     or of a node
     * @throws org.counterweight.config.ConfigException if rows of that shape do not go into a model of these sizes
     */
    ObjectNode config(List<Integer> shape);
}
