/**
 * Numbers that are written otherwise than as plain digits: with thousands separators, units of money or per cent, as dates and
 * times. {@link org.counterweight.data.table.written.WrittenSurvey} finds out which of them a column holds,
 * {@link org.counterweight.data.table.written.Written} reads it so from then on.
 */
@NullMarked
package org.counterweight.data.table.written;

import org.jspecify.annotations.NullMarked;
