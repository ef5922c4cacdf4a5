/** Tests of whole distillations. */
@NullMarked
package org.counterweight.distill.run;

import org.jspecify.annotations.NullMarked;
