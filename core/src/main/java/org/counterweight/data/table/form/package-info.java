/**
 * How a file of separated values is written: encoding, delimiter, quotes and decimal signs, detected from the file or
 * refused. Start at {@link org.counterweight.data.table.form.FormFinder}.
 */
@NullMarked
package org.counterweight.data.table.form;

import org.jspecify.annotations.NullMarked;
