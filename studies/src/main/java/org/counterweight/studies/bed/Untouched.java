package org.counterweight.studies.bed;

import org.bytedeco.pytorch.Generator;
import org.counterweight.adapt.Attachment;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/** The control that adapts nothing: what trains is what the study itself sets free, a head. */
public record Untouched() implements Attachment {
    @Override
    public Params attach(Model model, Params params, Generator random) {
        return params;
    }
}
