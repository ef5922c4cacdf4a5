/**
 * A table whose cells of label and group are weighed or drawn. Start at
 * {@link org.counterweight.shift.fairness.table.FairCorrelationConfig}.
 */
@NullMarked
package org.counterweight.shift.fairness.table;

import org.jspecify.annotations.NullMarked;
