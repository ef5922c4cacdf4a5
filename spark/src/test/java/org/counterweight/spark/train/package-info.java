@NullMarked
package org.counterweight.spark.train;

import org.jspecify.annotations.NullMarked;
