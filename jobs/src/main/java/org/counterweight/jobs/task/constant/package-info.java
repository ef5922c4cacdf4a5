/** What answers that do not look at a row would reach, to hold a model's figures against. */
@NullMarked
package org.counterweight.jobs.task.constant;

import org.jspecify.annotations.NullMarked;
