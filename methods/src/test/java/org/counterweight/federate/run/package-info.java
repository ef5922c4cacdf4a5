/** Tests of whole federations. */
@NullMarked
package org.counterweight.federate.run;

import org.jspecify.annotations.NullMarked;
