/**
 * The clients of a federation as tasks of Spark: {@code cw federate --spark} finds them by {@link
 * org.counterweight.spark.federate.SparkCluster}, and {@link org.counterweight.spark.federate.SparkSites} lets each client read its rows and train on an executor, which keeps the rows.
 * A round is two ordinary stages: in the first the clients train and answer how it went, in the second those that were in time
 * send their updates. None of them waits at a barrier, so that a task or an executor that is lost costs its own clients' work
 * alone.
 */
@NullMarked
package org.counterweight.spark.federate;

import org.jspecify.annotations.NullMarked;
