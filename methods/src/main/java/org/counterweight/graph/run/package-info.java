/**
 * StruRW as a part of a run: the edges of the source are weighed by what the model makes of the target, again and again as it
 * learns. {@link org.counterweight.graph.run.StruRwConfig} has the settings, {@link org.counterweight.graph.run.PairEstimate}
 * says how classes are compared.
 */
@NullMarked
package org.counterweight.graph.run;

import org.jspecify.annotations.NullMarked;
