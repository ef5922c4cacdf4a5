/**
 * How far each source is to be trusted: from the noise of the target's own update, and how far the source's lies from
 * it.
 *
 * <p>E. Jiang, Y. Zhang and S. Koyejo, "Principled Federated Domain Adaptation: Gradient Projection and
 * Auto-Weighting", ICLR 2024, section 4 and appendices A and C.
 */
@NullMarked
package org.counterweight.federate.weigh;

import org.jspecify.annotations.NullMarked;
