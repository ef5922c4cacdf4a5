/** Groups of rows weighed by how each fares: group DRO, DoReMi, DoGE. */
@NullMarked
package org.counterweight.reweigh.group;

import org.jspecify.annotations.NullMarked;
