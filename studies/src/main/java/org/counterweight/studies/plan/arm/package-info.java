/** What is measured, with which settings, and the results over the seeds. */
@NullMarked
package org.counterweight.studies.plan.arm;

import org.jspecify.annotations.NullMarked;
