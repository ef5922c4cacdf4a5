@org.jspecify.annotations.NullMarked
package org.counterweight.spark.federate;
