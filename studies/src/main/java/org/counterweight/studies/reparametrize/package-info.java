/**
 * Studies of weights trained through others: Weight Normalization and Weight Compander on digits, clothes and letters.
 */
@NullMarked
package org.counterweight.studies.reparametrize;

import org.jspecify.annotations.NullMarked;
