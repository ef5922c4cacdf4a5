/**
 * The input of an edit stream: its lines, the texts that it must leave alone, and
 * {@link org.counterweight.jobs.edit.input.EditedModel the model} that is queried about them.
 */
@NullMarked
package org.counterweight.jobs.edit.input;

import org.jspecify.annotations.NullMarked;
