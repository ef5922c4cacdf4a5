/**
 * What is reported of a run's result: figures against a baseline, pictures, a first sentence. Start at
 * {@link org.counterweight.jobs.findings.Findings}.
 */
@NullMarked
package org.counterweight.jobs.findings;

import org.jspecify.annotations.NullMarked;
