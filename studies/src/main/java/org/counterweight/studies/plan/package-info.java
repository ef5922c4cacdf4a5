/**
 * What a study is: claims, the rules that decide them, arms, metrics, tables and figures, all written down before it runs. Start at
 * {@link org.counterweight.studies.plan.Plan}.
 */
@NullMarked
package org.counterweight.studies.plan;

import org.jspecify.annotations.NullMarked;
