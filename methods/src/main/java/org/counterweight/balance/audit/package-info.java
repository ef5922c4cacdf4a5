/**
 * Why a balanced classifier is better: what its features and its head look like, class by class. Start at
 * {@link org.counterweight.balance.audit.FeatureFigures}.
 */
@NullMarked
package org.counterweight.balance.audit;

import org.jspecify.annotations.NullMarked;
