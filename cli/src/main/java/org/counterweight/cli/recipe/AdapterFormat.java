package org.counterweight.cli.recipe;

/** In which form an adapter's directory is written. */
public enum AdapterFormat {
    /** PEFT's where it has a type for the adapter, or a LoRA equals it; else one of our own. */
    AUTO,
    /** PEFT 0.21. */
    PEFT,
    /** What was trained, with the settings as in a recipe: for every adapter, and exact. */
    OWN,
    /** AdapterHub's library, for compacter and bottleneck. */
    ADAPTERHUB,
    /** SORSA's official package. */
    SORSA,
    /** PEFT until 0.18: Bone under its old name. */
    BONE
}
