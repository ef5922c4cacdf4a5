package org.counterweight.formats;

import java.util.List;
import org.counterweight.model.Params;

/**
 * A model's parameters with an adapter in effect.
 *
 * @param warnings what is in the adapter and has no effect, one line each
 */
public record AttachedAdapter(Params params, List<String> warnings) {
    public AttachedAdapter {
        warnings = List.copyOf(warnings);
    }
}
