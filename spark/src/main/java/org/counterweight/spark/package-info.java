/**
 * Weighers of tables as stages of Spark ML: {@link org.counterweight.spark.TableWeighing} fits any method of the catalogue to a
 * DataFrame, {@link org.counterweight.spark.TableWeighed} adds its weights. What is a sum over rows is folded where the rows lie,
 * by the same {@link org.counterweight.shift.Sums} as on one machine; what looks at all rows at once is solved on the driver.
 */
@NullMarked
package org.counterweight.spark;

import org.jspecify.annotations.NullMarked;
