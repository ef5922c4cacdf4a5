/** What GRACE is compared with: Defer and Memory at the same layer, and the layer's own weight trained on. */
@NullMarked
package org.counterweight.edit.baseline;

import org.jspecify.annotations.NullMarked;
