/** Guidance as diffusers keeps it beside a model: {@link org.counterweight.guide.diffusers.GuiderFile}. */
@NullMarked
package org.counterweight.guide.diffusers;

import org.jspecify.annotations.NullMarked;
