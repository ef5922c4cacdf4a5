/**
 * The log of a test as a table that is weighed: a model of the arms, what speaks against a verdict, and what is told. Start at
 * {@link org.counterweight.shift.abtest.table.AbWeightedConfig}.
 */
@NullMarked
package org.counterweight.shift.abtest.table;

import org.jspecify.annotations.NullMarked;
