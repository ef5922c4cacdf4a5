/**
 * The head alone: trained on features that stay as they are ({@link org.counterweight.balance.stage.HeadTraining}), or fixed
 * from the beginning ({@link org.counterweight.balance.stage.EtfHead}).
 */
@NullMarked
package org.counterweight.balance.stage;

import org.jspecify.annotations.NullMarked;
