@NullMarked
package org.counterweight.guide.diffusers;

import org.jspecify.annotations.NullMarked;
