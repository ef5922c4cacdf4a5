/**
 * Trains clients together for the user: {@link org.counterweight.jobs.federate.FederateJob} reads each client's rows,
 * runs the rounds of each algorithm, and writes the target's model with the log of every round.
 */
@NullMarked
package org.counterweight.jobs.federate;

import org.jspecify.annotations.NullMarked;
