package org.counterweight.formats.peft.config;

/** The {@code peft_type} of an adapter directory, as far as this project reads it. */
public enum PeftType {
    LORA,
    ADALORA,
    MISS,
    /** The name of MISS until PEFT 0.18; same mathematics, other tensor names. */
    BONE,
    IA3,
    VERA,
    LOHA,
    LOKR,
    /** Rows of tables alone. */
    TRAINABLE_TOKENS
}
