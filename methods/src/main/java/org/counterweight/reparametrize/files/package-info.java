/**
 * Model files that hold weights in reparametrized form. Start at
 * {@link org.counterweight.reparametrize.files.StateDict}.
 */
@NullMarked
package org.counterweight.reparametrize.files;

import org.jspecify.annotations.NullMarked;
