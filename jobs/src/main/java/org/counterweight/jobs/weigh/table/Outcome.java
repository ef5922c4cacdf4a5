package org.counterweight.jobs.weigh.table;

import org.counterweight.data.table.written.Written;
import org.jspecify.annotations.Nullable;

/**
 * A column that is measured in both arms of a test.
 *
 * @param written how its numbers are written where they are no plain ones; else null
 */
public record Outcome(String name, @Nullable Written written) {}
