/** Studies of loss-based reweighting: regressions, and a language model on a corpus with copies. */
@NullMarked
package org.counterweight.studies.reweigh;

import org.jspecify.annotations.NullMarked;
