/** GRACE's claims in small: a reader of digits is corrected one digit at a time. */
@NullMarked
package org.counterweight.studies.edit;

import org.jspecify.annotations.NullMarked;
