package org.counterweight.adapt;

import org.bytedeco.pytorch.Generator;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/** The control that adapters which also free the normalisations must beat: the normalisations alone are trained. */
public record NormsConfig() implements Attachment {
    @Override
    public Params attach(Model model, Params params, Generator random) {
        return Unfrozen.norms(params);
    }
}
