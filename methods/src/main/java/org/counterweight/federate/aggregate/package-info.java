/**
 * How the updates of a target and of its sources become one: mixed, projected, or averaged.
 *
 * <p>E. Jiang, Y. Zhang and S. Koyejo, "Principled Federated Domain Adaptation: Gradient Projection and
 * Auto-Weighting", ICLR 2024, definitions 4.1 and 4.3.
 */
@NullMarked
package org.counterweight.federate.aggregate;

import org.jspecify.annotations.NullMarked;
