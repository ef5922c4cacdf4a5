package org.counterweight.formats.peft.config;

import java.util.Set;
import org.counterweight.model.module.ModuleSpec.Kind;

/** The {@code peft_type} of an adapter directory, as far as this project reads it. */
public enum PeftType {
    LORA(Kind.LINEAR, Kind.CONVOLUTION, Kind.EMBEDDING),
    ADALORA(Kind.LINEAR, Kind.CONVOLUTION),
    MISS(Kind.LINEAR),
    /** The name of MISS until PEFT 0.18; same mathematics, other tensor names. */
    BONE(Kind.LINEAR),
    IA3(Kind.LINEAR, Kind.CONVOLUTION),
    VERA(Kind.LINEAR),
    LOHA(Kind.LINEAR, Kind.CONVOLUTION),
    LOKR(Kind.LINEAR, Kind.CONVOLUTION),
    /** Rows of tables alone. */
    TRAINABLE_TOKENS(Kind.EMBEDDING);

    private final Set<Kind> places;

    PeftType(Kind... places) {
        this.places = Set.of(places);
    }

    /** The kinds of modules that PEFT 0.21 puts such an adapter at; Conv1D of GPT-2 is linear. */
    public Set<Kind> places() {
        return places;
    }
}
