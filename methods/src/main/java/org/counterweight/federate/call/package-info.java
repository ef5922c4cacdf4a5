/**
 * How clients are reached in a round, and what they do there: {@link org.counterweight.federate.call.Clients} calls
 * them, {@link org.counterweight.federate.call.ClientThreads} each in a thread of this process;
 * {@link org.counterweight.federate.call.ClientTraining} is what each does, wherever it runs. A round continues
 * without those that fail or are late.
 */
@NullMarked
package org.counterweight.federate.call;

import org.jspecify.annotations.NullMarked;
