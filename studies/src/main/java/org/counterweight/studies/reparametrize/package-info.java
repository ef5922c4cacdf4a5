/** Weights trained through others in small: Weight Normalization and Weight Compander on digits. */
@NullMarked
package org.counterweight.studies.reparametrize;

import org.jspecify.annotations.NullMarked;
