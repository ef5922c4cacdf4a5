/**
 * Which rows a run sees, and how often: {@link org.counterweight.train.sample.Sampler}. A new one is a record of
 * settings and a line in {@link org.counterweight.train.sample.Samplers}.
 */
@NullMarked
package org.counterweight.train.sample;

import org.jspecify.annotations.NullMarked;
