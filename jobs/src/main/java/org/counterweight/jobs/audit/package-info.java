/**
 * A model of strangers is checked before it is trusted: its files, its tensors, and whether a word makes it answer one class.
 * {@link org.counterweight.jobs.audit.AuditJob} does it.
 */
@NullMarked
package org.counterweight.jobs.audit;

import org.jspecify.annotations.NullMarked;
