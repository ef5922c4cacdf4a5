package org.counterweight.adapt;

import org.bytedeco.pytorch.Generator;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/**
 * The settings of a way to adapt a whole model that is no parametrization of single weights: taps at its points, or some of
 * its own weights set free. Everything not in {@link Params#trainables} of the result stays frozen.
 */
public non-sealed interface Attachment extends AdapterSettings {
    /**
     * Refuses settings that do not fit a model's names, before any of its weights is there.
     *
     * @throws org.counterweight.config.ConfigException naming what the model does not have
     */
    default void check(Model model) {}

    /**
     * The model's parameters with what is trained among them. The tensors of {@code params} are not changed.
     *
     * @throws org.counterweight.config.ConfigException if the settings do not fit the model
     */
    Params attach(Model model, Params params, Generator random);
}
