package org.counterweight.adapt;

/** The settings of any way to adapt a model: of single weights, or of the model as a whole. */
public sealed interface AdapterSettings permits AdapterConfig, Attachment {}
