/** Studies of GRACE: classifiers of digits and of mails, corrected one answer at a time. */
@NullMarked
package org.counterweight.studies.edit;

import org.jspecify.annotations.NullMarked;
