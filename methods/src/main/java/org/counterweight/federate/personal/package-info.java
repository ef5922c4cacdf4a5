/** Personalised models of one client, beside the federation's: the steps of the baselines Ditto, APFL and kNN-Per. */
@NullMarked
package org.counterweight.federate.personal;

import org.jspecify.annotations.NullMarked;
