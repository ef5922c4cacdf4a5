/** What a frozen model feeds its head, computed once, for each row or for each word. */
@NullMarked
package org.counterweight.jobs.task.feature;

import org.jspecify.annotations.NullMarked;
