/**
 * A whole federation in one process: {@link org.counterweight.federate.run.Federation} goes from round to round, {@link
 * org.counterweight.federate.run.Clients} lets each client train in a thread of its own, and goes on without those that fail or
 * are late.
 */
@NullMarked
package org.counterweight.federate.run;

import org.jspecify.annotations.NullMarked;
