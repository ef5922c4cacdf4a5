/** How a claim is decided: the rule that is written down before the run, and its verdict. */
@NullMarked
package org.counterweight.studies.plan.rule;

import org.jspecify.annotations.NullMarked;
