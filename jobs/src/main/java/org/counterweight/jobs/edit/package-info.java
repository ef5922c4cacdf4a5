/**
 * Edits models for the user: {@link org.counterweight.jobs.edit.EditJob} corrects a stream of wrong answers,
 * {@link org.counterweight.jobs.edit.EditsChange} deletes, undoes and merges edits.
 */
@NullMarked
package org.counterweight.jobs.edit;

import org.jspecify.annotations.NullMarked;
