/**
 * What double-weighting is compared with: estimates of the ratio of two densities at given rows, how often a row of the
 * deployment is to be expected for each row of the training. Numerator: the deployment.
 */
@NullMarked
package org.counterweight.shift.doubleweighting.ratio;

import org.jspecify.annotations.NullMarked;
