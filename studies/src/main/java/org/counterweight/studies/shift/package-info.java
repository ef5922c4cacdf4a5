/** Weights of tables in small: covariate shift, and fairness under another correlation of label and group. */
@NullMarked
package org.counterweight.studies.shift;

import org.jspecify.annotations.NullMarked;
