/** Models of a client's own beside the federation's: steps of the baselines Ditto, APFL and kNN-Per. */
@NullMarked
package org.counterweight.federate.personal;

import org.jspecify.annotations.NullMarked;
