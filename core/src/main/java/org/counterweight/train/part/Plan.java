package org.counterweight.train.part;

import org.counterweight.train.TrainConfig;
import org.counterweight.train.weigh.Weigher;
import org.jspecify.annotations.Nullable;

/**
 * A run before there is data: what stands beside a part.
 *
 * @param adapter the name of an adapter that trains parts beside the weights; null if weights themselves are trained
 * @param weigher null if every row counts the same
 */
public record Plan(
        TrainConfig config,
        @Nullable String adapter,
        @Nullable Weigher weigher) {}
