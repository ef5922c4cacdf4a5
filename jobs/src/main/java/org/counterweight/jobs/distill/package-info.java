/**
 * Distils images for the user: {@link org.counterweight.jobs.distill.DistillJob} records experts, moves images, judges
 * them by fresh networks beside the baselines, and writes a set that {@code cw run} trains on.
 */
@NullMarked
package org.counterweight.jobs.distill;

import org.jspecify.annotations.NullMarked;
