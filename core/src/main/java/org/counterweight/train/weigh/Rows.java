package org.counterweight.train.weigh;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;

/**
 * What is known of the rows of one step when they are weighed.
 *
 * @param losses {@code [M]}, one a row, without gradient, float32 or wider
 * @param units {@code int64 [M]}: how many predictions each loss is the mean of; 0 for a row with nothing to predict
 * @param batch the rows themselves
 * @param step the number of optimizer steps taken before
 */
public record Rows(Tensor losses, Tensor units, Batch batch, long step) {}
