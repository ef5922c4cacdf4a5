/** What a frozen model gives its head, computed once: of each row, or of each word. */
@NullMarked
package org.counterweight.jobs.task.feature;

import org.jspecify.annotations.NullMarked;
