/** Clustering: {@link org.counterweight.cluster.KMeans}. */
@NullMarked
package org.counterweight.cluster;

import org.jspecify.annotations.NullMarked;
