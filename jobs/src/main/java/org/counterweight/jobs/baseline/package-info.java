/** What a run is held against: {@link org.counterweight.jobs.baseline.DecayBaseline}, plain weights with the decay that suits them. */
@NullMarked
package org.counterweight.jobs.baseline;

import org.jspecify.annotations.NullMarked;
