/**
 * What a run is held against: {@link org.counterweight.jobs.baseline.ConstantBaseline}, answers that do not look at a row; {@link
 * org.counterweight.jobs.baseline.WordBaseline}, a model of words before it was trained; {@link
 * org.counterweight.jobs.baseline.DecayBaseline}, plain weights with the decay that suits them.
 */
@NullMarked
package org.counterweight.jobs.baseline;

import org.jspecify.annotations.NullMarked;
