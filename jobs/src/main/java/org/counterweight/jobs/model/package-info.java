/**
 * A model's directory as the user names it, with the head that a task needs and the adapter beside it. Start at
 * {@link org.counterweight.jobs.model.AdaptedModel}.
 */
@NullMarked
package org.counterweight.jobs.model;

import org.jspecify.annotations.NullMarked;
