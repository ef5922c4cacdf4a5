/**
 * Models as directions: merges along arcs of a sphere, between two of them or among many, each method a settings record and
 * its arithmetic on blocks. Start at {@link org.counterweight.merge.sphere.SlerpConfig}, the plainest.
 */
@NullMarked
package org.counterweight.merge.sphere;

import org.jspecify.annotations.NullMarked;
