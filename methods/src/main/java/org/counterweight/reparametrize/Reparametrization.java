package org.counterweight.reparametrize;

import java.util.List;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.train.part.RunPart;

/**
 * The settings of a way to train a model's weights through other tensors, or from another start: all of the model is trained,
 * and the result is the same model with plain weights ({@link Params#materialized}).
 */
public interface Reparametrization extends RunPart {
    /**
     * Refuses settings that do not fit a model, by names and shapes alone.
     *
     * @throws org.counterweight.config.ConfigException naming what the model does not have
     */
    void check(Model model);

    /**
     * The model's parameters with the latent tensors among what is trained. The tensors of {@code params} are not changed, nor
     * trained where another stands in their place.
     *
     * @throws org.counterweight.config.ConfigException if the settings do not fit the model
     * @throws org.counterweight.weights.WeightsException if a weight has no such form; it names it
     */
    Params attach(Model model, Params params);

    /**
     * Weight decays of runs with plain weights to hold the result against, of which the best is told beside it; none where
     * nobody asked.
     */
    default List<Double> plainDecays() {
        return List.of();
    }

    /** Whether weights that were trained before would be spoilt: the start draws them anew, or scales them. */
    default boolean needsFreshWeights() {
        return false;
    }

    /** Whether a run may go on from latent tensors that its model's files hold; else it begins with their weights alone. */
    default boolean goesOn() {
        return true;
    }
}
