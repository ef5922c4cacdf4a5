/**
 * Clients train together for the user: {@link org.counterweight.jobs.federate.FederateJob} reads each client's rows, goes through
 * the rounds of each way, and writes the target's model with what became of every round.
 */
@NullMarked
package org.counterweight.jobs.federate;

import org.jspecify.annotations.NullMarked;
