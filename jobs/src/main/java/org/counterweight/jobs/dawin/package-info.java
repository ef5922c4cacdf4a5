/**
 * Several trained models answer together, each row by a mixture that suits it. Start at
 * {@link org.counterweight.jobs.dawin.DawinJob}.
 */
@NullMarked
package org.counterweight.jobs.dawin;

import org.jspecify.annotations.NullMarked;
