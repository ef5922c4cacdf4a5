/**
 * Makes one model of several for the user: an adapter computed into its base, a deployed classifier and its updates,
 * the models of a soup that help. Start at {@link org.counterweight.jobs.merge.ModelUpdate}.
 */
@NullMarked
package org.counterweight.jobs.merge;

import org.jspecify.annotations.NullMarked;
