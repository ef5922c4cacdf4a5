package org.counterweight.model;

import org.bytedeco.pytorch.Tensor;

/**
 * What a model says of a batch.
 *
 * @param logits {@code [rows, classes]} of a classifier, {@code [rows, length, vocabulary]} of a language model
 * @param hidden the last hidden state before the head: {@code [rows, length, width]} of a transformer, {@code [rows, width]}
 *     of an image model
 */
public record Output(Tensor logits, Tensor hidden) {}
