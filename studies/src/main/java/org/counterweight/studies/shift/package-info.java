/**
 * Studies of weighted tables: covariate shift, A/B tests, and fairness under another correlation of label and group.
 */
@NullMarked
package org.counterweight.studies.shift;

import org.jspecify.annotations.NullMarked;
