/** What is measured, under which settings, and what came of it over the seeds. */
@NullMarked
package org.counterweight.studies.plan.arm;

import org.jspecify.annotations.NullMarked;
