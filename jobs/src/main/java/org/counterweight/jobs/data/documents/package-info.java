/**
 * The texts of a language model, domain by domain, and their tokens. Start at
 * {@link org.counterweight.jobs.data.documents.DocumentRows}.
 */
@NullMarked
package org.counterweight.jobs.data.documents;

import org.jspecify.annotations.NullMarked;
