/**
 * Models are edited for the user: {@link org.counterweight.jobs.edit.EditJob} takes a stream of wrong answers, {@link
 * org.counterweight.jobs.edit.EditsChange} deletes, undoes and merges what was edited.
 */
@NullMarked
package org.counterweight.jobs.edit;

import org.jspecify.annotations.NullMarked;
