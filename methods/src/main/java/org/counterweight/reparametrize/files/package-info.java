/**
 * Models in files whose weights stand there by what they are made of. Start at
 * {@link org.counterweight.reparametrize.files.StateDict}.
 */
@NullMarked
package org.counterweight.reparametrize.files;

import org.jspecify.annotations.NullMarked;
