/**
 * What a run is compared with: {@link org.counterweight.jobs.baseline.ConstantBaseline}, answers that ignore the row;
 * {@link org.counterweight.jobs.baseline.WordBaseline}, a language model before training;
 * {@link org.counterweight.jobs.baseline.DecayBaseline}, plain weights with the decay that suits them.
 */
@NullMarked
package org.counterweight.jobs.baseline;

import org.jspecify.annotations.NullMarked;
