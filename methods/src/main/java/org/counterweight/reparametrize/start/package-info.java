/**
 * Data-dependent initialisation. Start at {@link org.counterweight.reparametrize.start.InitialPass}: one pass through
 * the model, in which each module is measured and initialised before the next.
 */
@NullMarked
package org.counterweight.reparametrize.start;

import org.jspecify.annotations.NullMarked;
