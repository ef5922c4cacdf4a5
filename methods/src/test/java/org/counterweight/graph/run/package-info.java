@NullMarked
package org.counterweight.graph.run;

import org.jspecify.annotations.NullMarked;
