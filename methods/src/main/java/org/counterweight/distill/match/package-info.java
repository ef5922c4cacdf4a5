/** One step of the images for each kind of matching: {@link org.counterweight.distill.match.Matcher}. */
@NullMarked
package org.counterweight.distill.match;

import org.jspecify.annotations.NullMarked;
