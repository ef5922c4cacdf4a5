/**
 * A model from an untrusted source is checked: its files, its tensors, and whether a word makes it predict one class.
 * {@link org.counterweight.jobs.audit.AuditJob} does it.
 */
@NullMarked
package org.counterweight.jobs.audit;

import org.jspecify.annotations.NullMarked;
