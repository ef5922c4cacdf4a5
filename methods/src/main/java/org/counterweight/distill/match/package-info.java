/** One step of the images by each way to learn them: {@link org.counterweight.distill.match.Matcher}. */
@NullMarked
package org.counterweight.distill.match;

import org.jspecify.annotations.NullMarked;
