/**
 * Training over clients that share no data, for the good of one of them: a target with few labels, and sources of other
 * domains with many.
 *
 * <p>In a {@link org.counterweight.federate.Round} each client's {@linkplain org.counterweight.federate.client update}
 * is {@linkplain org.counterweight.federate.weigh weighed} and
 * {@linkplain org.counterweight.federate.aggregate aggregated}. E. Jiang, Y. Zhang and S. Koyejo, "Principled Federated
 * Domain Adaptation: Gradient Projection and Auto-Weighting", ICLR 2024.
 */
@NullMarked
package org.counterweight.federate;

import org.jspecify.annotations.NullMarked;
